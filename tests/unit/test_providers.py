import pytest
from pydantic import SecretStr

from assistant.answering.providers import PROVIDERS, choose_model, provider_of
from assistant.errors import SettingsError
from assistant.settings import ModelSettings

OWN = ModelSettings(
    provider="deepseek",
    name="deepseek-chat",
    base_url="https://proxy.example/v1",
    api_key=SecretStr("sk-deepseek"),
    temperature=0.3,
    daily_tokens=5000,
)


@pytest.mark.parametrize(
    ("provider", "address", "keyless"),
    [
        ("deepseek", "https://api.deepseek.com/v1", False),
        ("dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1", False),
        ("zhipu", "https://open.bigmodel.cn/api/paas/v4", False),
        ("ollama", "http://127.0.0.1:11434/v1", True),
        ("lmstudio", "http://127.0.0.1:1234/v1", True),
        ("vllm", "http://127.0.0.1:8000/v1", True),
        ("openai", None, False),
    ],
)
def test_each_provider_has_its_address(provider: str, address: str | None, keyless: bool) -> None:
    found = provider_of(ModelSettings(provider=provider))
    assert (found.base_url, found.keyless) == (address, keyless)


def test_only_servers_on_ones_own_machine_need_no_key_and_all_others_are_encrypted() -> None:
    for name, provider in PROVIDERS.items():
        if provider.base_url is not None:
            assert provider.base_url.startswith("http://127.0.0.1:" if provider.keyless else "https://"), name


def test_an_unknown_provider_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="不认识的模型服务商 gemini") as caught:
        provider_of(ModelSettings(provider="gemini"))
    assert all(name in caught.value.hint for name in PROVIDERS)


def test_no_choice_changes_nothing() -> None:
    assert choose_model(OWN, None) is OWN


def test_none_turns_the_model_off_and_nothing_else() -> None:
    assert choose_model(OWN, "none") == OWN.model_copy(update={"name": None})


def test_another_model_of_the_same_provider_keeps_address_and_key() -> None:
    chosen = choose_model(OWN, "deepseek:deepseek-reasoner")
    assert chosen == OWN.model_copy(update={"name": "deepseek-reasoner"})
    assert chosen.api_key is not None
    assert chosen.api_key.get_secret_value() == "sk-deepseek"


def test_another_provider_is_not_sent_the_address_and_key_of_the_first() -> None:
    chosen = choose_model(OWN, "zhipu:glm-4-plus")
    assert (chosen.provider, chosen.name, chosen.base_url, chosen.api_key) == ("zhipu", "glm-4-plus", None, None)
    assert (chosen.temperature, chosen.daily_tokens) == (0.3, 5000)
    assert OWN.api_key is not None


def test_an_address_and_key_set_without_a_model_belong_to_the_one_chosen() -> None:
    settings = ModelSettings(base_url="https://own.example/v1", api_key=SecretStr("sk-own"))
    chosen = choose_model(settings, "deepseek:deepseek-chat")
    assert chosen.base_url == "https://own.example/v1"
    assert chosen.api_key == SecretStr("sk-own")


@pytest.mark.parametrize(
    ("choice", "provider", "name"),
    [
        ("ollama:qwen2.5:7b", "ollama", "qwen2.5:7b"),
        ("siliconflow:Qwen/Qwen2.5-72B-Instruct", "siliconflow", "Qwen/Qwen2.5-72B-Instruct"),
        ("openai:none", "openai", "none"),
    ],
)
def test_the_name_of_a_model_is_all_after_the_first_colon(choice: str, provider: str, name: str) -> None:
    chosen = choose_model(ModelSettings(), choice)
    assert (chosen.provider, chosen.name) == (provider, name)


@pytest.mark.parametrize("choice", ["deepseek", "deepseek:", "", ":", "None"])
def test_a_choice_in_another_form_is_an_error_that_shows_the_form(choice: str) -> None:
    with pytest.raises(SettingsError, match="写得不对") as caught:
        choose_model(OWN, choice)
    assert "服务商:模型名" in caught.value.hint


@pytest.mark.parametrize("choice", ["gemini:pro", ":deepseek-chat", "DeepSeek:deepseek-chat", " zhipu:glm-4"])
def test_a_choice_of_an_unknown_provider_is_an_error(choice: str) -> None:
    with pytest.raises(SettingsError, match="不认识的模型服务商"):
        choose_model(OWN, choice)
