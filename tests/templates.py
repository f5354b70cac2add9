"""Templates compiled once for all the apps that tests make."""

from __future__ import annotations

from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache


class _Memory(BytecodeCache):
    kept: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


class SharedTemplates(Environment):
    """Flask's environment, with the code of templates kept between apps."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **{"bytecode_cache": _Memory(), **options})
