"""The commands about language models."""

import json
from typing import TYPE_CHECKING

import click

from assistant.cli.options import folders, model_option

if TYPE_CHECKING:
    from assistant.settings import Settings


@click.group()
def models() -> None:
    """语言模型：可用的服务商（list），试一试设好的模型（test）。"""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_providers(as_json: bool) -> None:
    """常用服务商的名字、地址和模型名举例。"""
    from assistant.answering.providers import PROVIDERS

    if as_json:
        rows = [
            {"provider": key, "label": item.label, "base_url": item.base_url, "example": item.example, "keyless": item.keyless}
            for key, item in PROVIDERS.items()
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for key, item in PROVIDERS.items():
        click.echo(f"{key}:{item.example}　{item.label}　{item.base_url or '用 ASSISTANT_MODEL__BASE_URL 写明地址'}")


@models.command()
@folders
@model_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def test(settings: "Settings", as_json: bool) -> None:
    """试一试设好的模型：连不连得上、密钥和名字对不对、能不能流式、快不快。不能用时退出码为 1。"""
    from assistant.answering.probe import probe
    from assistant.errors import AssistantError

    if not settings.model.name:
        raise AssistantError(
            "还没有设置模型", "设置 ASSISTANT_MODEL__NAME，或加 --model，例如 --model deepseek:deepseek-chat"
        )
    found = probe(settings.model)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        click.echo(str(found))
    if not found.ok:
        raise click.exceptions.Exit(1)
