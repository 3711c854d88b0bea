"""Errors that are shown to the user: a message and a hint, never a trace.

``AssistantError``
├── ``SettingsError``        a setting is wrong or unknown
├── ``CorpusError``          the corpus folder or a document in it cannot be read
├── ``ImportFailed``         a published file cannot be brought into the corpus
│   └── ``ImportCancelled``      the keeper stopped it
├── ``QuestionFileError``    a file of questions cannot be read
├── ``SearchIndexError``          the index cannot be used
│   ├── ``IndexMissingError``    nothing has been built yet
│   └── ``IndexStaleError``      built by another version, model or setting, or damaged
├── ``EmbeddingError``       the embedding model or endpoint cannot be used
└── ``GenerationError``      the language model gives no answer
    ├── ``ModelUnreachable``     nothing answers at the address, or not in time
    ├── ``ModelRejected``        key, name or request is refused
    ├── ``ModelBusy``            too many requests, or the day's limit is used up
    └── ``ModelBroken``          what came back cannot be read, or broke off
"""


class AssistantError(Exception):
    """Base of all errors meant for the user. ``hint`` names the command or setting that helps."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(AssistantError):
    """A setting has a wrong value or an unknown name."""


class CorpusError(AssistantError):
    """The corpus folder or one of its documents cannot be read."""


class ImportFailed(AssistantError):
    """A published file cannot be brought into the corpus; the corpus and the index stay as they were."""


class ImportCancelled(ImportFailed):
    """The keeper stopped the import."""


class QuestionFileError(AssistantError):
    """A file of questions cannot be read."""


class EvaluationError(AssistantError):
    """What is to be measured cannot be read."""


class EvaluationWorse(AssistantError):
    """Something got worse beyond chance."""


class SearchIndexError(AssistantError):
    """The index cannot be used."""


class IndexMissingError(SearchIndexError):
    """Nothing has been built yet."""


class IndexStaleError(SearchIndexError):
    """The index was built by another version, model or setting, or is damaged."""


class EmbeddingError(AssistantError):
    """The embedding model or endpoint cannot be used."""


class GenerationError(AssistantError):
    """The language model gives no answer; the answer without a model still stands."""


class ModelUnreachable(GenerationError):
    """Nothing answers at the address, or not in time."""


class ModelRejected(GenerationError):
    """The endpoint refuses the key, the model's name or the request."""


class ModelBusy(GenerationError):
    """The endpoint refuses for now, or the day's limit is used up."""


class ModelBroken(GenerationError):
    """What came back cannot be read, or broke off."""
