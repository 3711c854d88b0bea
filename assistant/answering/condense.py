"""Completing a follow-up with a language model."""

from collections.abc import Sequence

from assistant.answering import prompts
from assistant.answering.checks.figures import figures
from assistant.answering.generate import ChatModel
from assistant.answering.guard import Guard
from assistant.answering.request import conversation, inert
from assistant.types import Turn

_MAX_CHARS = 200


def condense(question: str, history: Sequence[Turn], model: ChatModel) -> str | None:
    """Return the complete question that a follow-up stands for, None where the model's words cannot be used.

    They must be one short line, tell nothing of the prompts, and bring in no figure that was not spoken of.

    Raises:
        GenerationError: the model gives no answer.

    """
    asked = prompts.CONDENSE_QUESTION.format(turns=conversation(history), question=inert(question))
    reply = model.complete([("system", prompts.CONDENSE), ("human", asked)]).strip().strip('“”"')
    if not reply or "\n" in reply or len(reply) > _MAX_CHARS or Guard(model.key).leaks(reply):
        return None
    spoken = figures(asked)
    told = figures(reply)
    known = {(item.value, item.unit) for item in spoken.quantities}
    if any((item.value, item.unit) not in known for item in told.quantities):
        return None
    return reply
