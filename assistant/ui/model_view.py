"""The reader's choice of a language model, in the sidebar. The key stays in the memory of this session."""

import streamlit as st
from pydantic import SecretStr, ValidationError

from assistant.answering.probe import probe
from assistant.answering.providers import PROVIDERS
from assistant.errors import AssistantError
from assistant.settings import WITHOUT_MODEL, ModelSettings
from assistant.ui.escape import escape_html
from assistant.ui.notices import error_notice
from assistant.ui.session import Session

_NONE = "现在不用语言模型，回答直接摘自条款。"


def model_view(session: Session, configured: str | None, *, own: bool) -> None:
    """Draw the section: which model is in use, on or off, and, where readers may bring their ``own``, a form for one.

    Args:
        session: keeps the choice.
        configured: name of the model that the settings of the server name, None without.
        own: whether a reader may name an address that this machine then calls.

    """
    if not (own or configured):
        return
    name = session.model.name if session.model else configured
    with st.expander("语言模型", expanded=session.choosing_model, key="model-section"):
        told = f"正在用：<b>{escape_html(name)}</b>，写出的每一句都会逐句核对。" if name else _NONE
        st.html(f'<p class="hint">{told}</p>')
        if name and st.button("不用模型", key="model-off"):
            session.model = WITHOUT_MODEL
            st.rerun()
        if configured and not name and st.button("用回设好的模型", key="model-on"):
            session.model = None
            st.rerun()
        if own and not session.choosing_model and st.button("填写模型……", key="model-fill"):
            session.choosing_model = True
            st.rerun()
        if session.choosing_model:
            _form(session)


def _form(session: Session) -> None:
    with st.form("model-form", border=False):
        provider = st.selectbox(
            "服务商", list(PROVIDERS), format_func=lambda key: PROVIDERS[key].label, key="model-provider"
        )
        name = st.text_input("模型名", key="model-name", placeholder="如 deepseek-chat、qwen-plus、qwen2.5:7b")
        address = st.text_input("地址（不填就用服务商的）", key="model-address", placeholder="https://…/v1")
        key = st.text_input(
            "密钥",
            key=f"model-key-{session.keys_given}",
            type="password",
            help="只留在这次会话的内存里，不保存，不写日志。",
        )
        if st.form_submit_button("试一试并启用", key="model-try"):
            _enable(session, provider, name.strip(), address.strip(), key.strip())


def _enable(session: Session, provider: str, name: str, address: str, key: str) -> None:
    if not name:
        error_notice("还没有写模型名", f"例如 {PROVIDERS[provider].example}")
        return
    try:
        given = ModelSettings(
            provider=provider, name=name, base_url=address or None, api_key=SecretStr(key) if key else None
        )
        with st.spinner("正在试……"):
            found = probe(given)
    except (AssistantError, ValidationError):
        error_notice("这样设置不行", "检查地址和模型名")
        return
    if not found.ok:
        error_notice(found.message, found.hint)
        return
    session.model = given
    session.choosing_model = False
    session.keys_given += 1  # a new field, so that the key does not stay in the page
    st.rerun()
