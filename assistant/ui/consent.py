"""The end of every dialog that changes the corpus: who and why, the button that does it, and the way past a refusal."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.errors import AssistantError
from assistant.keeping.gate import GateRefused
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.ui.import_html import refused_html
from assistant.ui.notices import error_notice

Change = Callable[[Keeper, str, bool], Done]


def keeper_name(key: str) -> str | None:
    """Draw the field for the keeper's name; None leaves it to the keeper. The name is remembered for the session."""
    who = st.text_input("经办人", st.session_state.get("keeper", ""), key=key, placeholder="记入变更记录")
    st.session_state["keeper"] = who.strip()
    return who.strip() or None


def forget_refusal(key: str) -> None:
    """Begin a dialog without the refusal of an earlier one."""
    st.session_state.pop(f"{key}-refused", None)


def consent(settings: Settings, key: str, verb: str, change: Change) -> Done | None:
    """Draw the fields and the button; return the change once it is made.

    A change that golden questions refuse is made only by a second button, which says that it is recorded as forced.

    Args:
        settings: of the corpus.
        key: begins the names of the elements.
        verb: what is done, in Chinese.
        change: given (keeper, reason, whether to force).

    """
    who, why = keeper_name(f"{key}-who"), st.text_input("理由", key=f"{key}-why", placeholder="记入变更记录")
    above = st.container()
    forced = _offer_force(above, key, verb)
    if not (st.button(f"确认{verb}", key=f"{key}-yes", type="primary") or forced):
        return None
    try:
        with st.spinner("正在更新资料库和索引，不要关掉这个页面……"):
            return change(Keeper(settings, who), why.strip(), forced)
    except GateRefused as error:
        st.session_state[f"{key}-refused"] = error
        if not forced:
            _offer_force(above, key, verb)
    except AssistantError as error:
        error_notice(error.message, error.hint)
    return None


def _offer_force(place: DeltaGenerator, key: str, verb: str) -> bool:
    """Draw the last refusal, if there is one, with the way past it; return whether the keeper takes that."""
    refused = st.session_state.get(f"{key}-refused")
    if not isinstance(refused, GateRefused):
        return False
    place.html(refused_html(refused.worse))
    return place.button(f"仍然{verb}（记为强制）", key=f"{key}-force")
