"""Settings, from defaults, a ``assistant.toml`` in the working folder, and environment variables ``ASSISTANT_…``.

Nested settings take two underscores: ``ASSISTANT_EMBEDDING__NAME``. Parts of the program receive values from here, never
the whole object.
"""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SettingsSourceError,
)

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
PROJECT = Path(__file__).resolve().parent.parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbeddingSettings(_Section):
    """Which embedding model is used. Changing it makes ``assistant build`` write a new snapshot.

    ``engine`` *bundled* needs nothing; *sentence-transformers* takes a model name or local folder (extra ``models``);
    *openai* takes any OpenAI-compatible endpoint. The prefixes are put before each text, as some models want.
    """

    engine: Literal["bundled", "sentence-transformers", "openai"] = "bundled"
    name: str = "e5-small-zh"
    base_url: str | None = None
    api_key: SecretStr | None = None
    query_prefix: str = ""
    passage_prefix: str = ""
    timeout_s: float = Field(30.0, gt=0)


class SearchSettings(_Section):
    """``lexical_weight`` is the share of BM25 in the fused score (0–1), the rest is the dense one's."""

    lexical_weight: float = Field(0.5, ge=0, le=1)
    depth: int = Field(200, ge=10, le=2000)


class RerankSettings(_Section):
    """How the best ``depth`` clauses are looked at once more; ``weight`` is the reranker's share of the score (0–1).

    ``engine`` *late-interaction* needs nothing but the bundled embedding model; *cross-encoder* takes the name or local
    folder of a sentence-transformers cross-encoder (extra ``models``); *none* leaves the fused order.
    """

    engine: Literal["late-interaction", "cross-encoder", "none"] = "late-interaction"
    name: str = "BAAI/bge-reranker-v2-m3"
    depth: int = Field(60, ge=1, le=1000)
    weight: float = Field(0.2, ge=0, le=1)


class ModelSettings(_Section):
    """Which language model writes answers; without ``name`` none does and answers are taken from clauses word for word.

    ``provider`` is one of :data:`assistant.answering.providers.PROVIDERS` and gives the address where ``base_url`` is not
    set. ``timeout_s`` is the longest silence of the endpoint, ``total_s`` the longest time for one draft, ``retries`` how
    often a failed request is sent again (with growing pauses). ``daily_tokens`` limits a day's tokens in and out together
    (None: no limit). Prices are for a million tokens. ``failed`` tells whether a sentence that did not pass the checks is
    shown struck through or dropped. ``cache`` keeps replies in the index folder.
    """

    provider: str = "openai"
    name: str | None = None
    base_url: str | None = None
    api_key: SecretStr | None = None
    temperature: float = Field(0.0, ge=0, le=2)
    max_tokens: int = Field(1200, ge=100, le=32_000)
    timeout_s: float = Field(30.0, gt=0)
    total_s: float = Field(120.0, gt=0)
    retries: int = Field(1, ge=0, le=10)
    daily_tokens: int | None = Field(None, ge=1)
    price_in: float | None = Field(None, ge=0)
    price_out: float | None = Field(None, ge=0)
    failed: Literal["strike", "drop"] = "strike"
    cache: bool = True


WITHOUT_MODEL = ModelSettings()
"""Names no model: answers are taken from clauses word for word."""


class PageSettings(_Section):
    """``edit`` allows the page to change the corpus; ``assistant serve`` turns it off when others can reach the page."""

    edit: bool = True


class Settings(BaseSettings):
    """All settings. ``corpus`` and ``index`` default to the folders beside the package."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, toml_file="assistant.toml"
    )

    corpus: Path = PROJECT / "corpus"
    index: Path = PROJECT / "index"
    embedding: EmbeddingSettings = EmbeddingSettings()
    search: SearchSettings = SearchSettings()
    rerank: RerankSettings = RerankSettings()
    model: ModelSettings = ModelSettings()
    page: PageSettings = PageSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Path | None) -> Settings:
    """Return the settings in force; ``overrides`` that are None are left out.

    Raises:
        SettingsError: a value is out of bounds or a name is unknown, also a mistyped environment variable, which
            pydantic-settings would ignore.

    """
    known = set(Settings.model_fields)
    for name in os.environ:
        if name.startswith(PREFIX) and name[len(PREFIX) :].split("__")[0].lower() not in known:
            raise SettingsError(
                f"不认识的环境变量 {name}", f"可用的有：{'、'.join(PREFIX + field.upper() for field in known)}"
            )
    try:
        return Settings(**{key: value for key, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, SettingsSourceError) as error:
        raise SettingsError(f"设置读不了：{error}", "检查环境变量 ASSISTANT_… 或 assistant.toml") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"设置 {place} 不对：{first['msg']}", "检查环境变量 ASSISTANT_… 或 assistant.toml"
        ) from error
