"""A setting, as a person reads about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import SecretBytes, SecretStr
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Description:
    """One setting. `limit` completes "NAME must be"; `default` is None where there is none."""

    name: str
    sentence: str
    limit: str
    default: str | None
    is_required: bool

    @classmethod
    def of(cls, field: FieldInfo) -> Self:
        """Describe a field of `Settings`."""
        extra = field.json_schema_extra
        assert isinstance(extra, dict), "every setting says its limit"
        return cls(
            name=str(field.alias),
            sentence=field.description or "",
            limit=str(extra["limit"]),
            default=_shown(field),
            is_required=field.is_required(),
        )


def _shown(field: FieldInfo) -> str | None:
    default = field.default
    if field.is_required() or default is None or isinstance(default, SecretStr | SecretBytes):
        return None
    if isinstance(default, bool):
        return str(int(default))
    return str(default)
