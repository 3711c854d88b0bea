"""Photographs and scans as image files: every frame is a page, read by character recognition."""

import io
import warnings
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Doubt, Extracted, ReadBy
from assistant.corpus.importers.pages import assemble, recognised_rows, unsure
from assistant.corpus.importers.recognition import RecognitionCache, recognise
from assistant.corpus.importers.rows import Row
from assistant.errors import ImportFailed

if TYPE_CHECKING:
    from assistant.corpus.importers.recognition import Pixels

MAX_PIXELS = 100_000_000
_MOST_SIDE = 4000


def read_picture(job: Job) -> Extracted:
    """Return the text in an image file of one or more frames.

    Raises:
        ImportFailed: the file is damaged or has more than 100 million pixels.
        ImportCancelled: the keeper stopped it; recognised pages are kept.

    """
    from PIL import Image, ImageSequence, UnidentifiedImageError

    pages: list[list[Row]] = []
    doubts: list[Doubt] = []
    cache = RecognitionCache(job.ocr_cache)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(job.content))
            total = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > total:
                    break
                job.step(number - 1, total)
                pixels = _pixels(frame, job)
                found = cache.get(sha256(pixels.tobytes()).hexdigest(), partial(recognise, pixels))
                pages.append(recognised_rows(found, number))
        except Image.DecompressionBombError as error:
            raise _too_large(job) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise ImportFailed(f"「{job.name}」已损坏，打不开这张图片", "请重新扫描或重新下载，再导入") from error
    job.step(total, total)
    doubts += [Doubt("这一页没有读出任何文字", number) for number, page in enumerate(pages, start=1) if not page]
    doubts += unsure([row for page in pages for row in page])
    return Extracted(tuple(assemble(pages)), total, ReadBy.OCR, tuple(doubts))


def _pixels(frame: Any, job: Job) -> "Pixels":  # noqa: ANN401 - Pillow images
    """Return the frame upright as (H, W, 3), transparent parts white."""
    import numpy as np
    from PIL import Image, ImageOps

    if frame.width * frame.height > MAX_PIXELS:
        raise _too_large(job)
    upright = ImageOps.exif_transpose(frame)
    if upright.mode in ("I;16", "I", "F"):
        upright = upright.point(lambda value: value / 256).convert("L")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        ground = Image.new("RGBA", upright.size, "white")
        ground.alpha_composite(upright.convert("RGBA"))
        upright = ground
    upright = upright.convert("RGB")
    upright.thumbnail((_MOST_SIDE, _MOST_SIDE))
    return np.asarray(upright)


def _too_large(job: Job) -> ImportFailed:
    return ImportFailed(f"「{job.name}」的像素太多（超过 1 亿）", "请缩小图片（300 dpi 足够），再导入")
