"""Where the common providers of language models are reached. All speak the OpenAI protocol."""

from dataclasses import dataclass

from assistant.errors import SettingsError
from assistant.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Provider:
    """``label`` is shown to readers, ``base_url`` is used where none is set, ``example`` is a name of a model there.

    ``keyless`` tells that a server on one's own machine wants no key.
    """

    label: str
    base_url: str | None
    example: str
    keyless: bool = False


PROVIDERS = {
    "deepseek": Provider("DeepSeek", "https://api.deepseek.com/v1", "deepseek-chat"),
    "dashscope": Provider("通义千问（阿里云百炼）", "https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-plus"),
    "zhipu": Provider("智谱", "https://open.bigmodel.cn/api/paas/v4", "glm-4-plus"),
    "moonshot": Provider("月之暗面 Kimi", "https://api.moonshot.cn/v1", "moonshot-v1-32k"),
    "siliconflow": Provider("硅基流动", "https://api.siliconflow.cn/v1", "Qwen/Qwen2.5-72B-Instruct"),
    "ollama": Provider("Ollama（本机）", "http://127.0.0.1:11434/v1", "qwen2.5:7b", keyless=True),
    "lmstudio": Provider("LM Studio（本机）", "http://127.0.0.1:1234/v1", "qwen2.5-7b-instruct", keyless=True),
    "vllm": Provider("vLLM（自建）", "http://127.0.0.1:8000/v1", "Qwen/Qwen2.5-7B-Instruct", keyless=True),
    "openai": Provider("OpenAI 或其他兼容接口", None, "gpt-4o-mini"),
}


def provider_of(settings: ModelSettings) -> Provider:
    """Return the provider that ``settings`` name.

    Raises:
        SettingsError: there is none of that name.

    """
    try:
        return PROVIDERS[settings.provider]
    except KeyError:
        raise SettingsError(
            f"不认识的模型服务商 {settings.provider}", f"可用的有：{'、'.join(PROVIDERS)}；其他兼容接口用 openai 加地址"
        ) from None


def choose_model(settings: ModelSettings, choice: str | None) -> ModelSettings:
    """Return ``settings`` with the model of ``choice``, ``PROVIDER:NAME``; ``none`` turns the model off, None changes nothing.

    Where ``settings`` name a model of another provider already, its address and key stay behind, lest one provider be
    sent the other's key.
    """
    if choice is None:
        return settings
    if choice == "none":
        return settings.model_copy(update={"name": None})
    provider, colon, name = choice.partition(":")
    if not colon or not name:
        raise SettingsError(
            f"模型 {choice} 写得不对", "写成 服务商:模型名，例如 deepseek:deepseek-chat；不用模型写 none"
        )
    update: dict[str, object] = {"provider": provider, "name": name}
    if settings.name and provider != settings.provider:
        update |= {"base_url": None, "api_key": None}
    chosen = settings.model_copy(update=update)
    provider_of(chosen)
    return chosen
