"""What pydantic refuses, in the words of whoever writes a settings file: lists and tables, not tuples and instances."""

from typing import Any

_TEXT, _LIST, _TABLE = "expected a text", "expected a list", "expected a table"
_WHOLE, _NUMBER, _CHOICE = "expected a whole number", "expected a number", "expected true or false"
# By pydantic's type of the error; names in braces are its context's.
_SENTENCES = {
    "missing": "it is missing",
    "string_type": _TEXT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _CHOICE,
    "bool_parsing": _CHOICE,
    "literal_error": "expected {expected}",
    "greater_than": "expected more than {gt:g}",
    "greater_than_equal": "expected {ge:g} or more",
    "less_than_equal": "expected {le:g} or less",
    "too_short": "expected {min_length} or more in the list",
    "string_too_short": "expected {min_length} characters or more",
    "string_too_long": "expected {max_length} characters or less",
    "value_error": "{error}",
}


def reason(error: Any, unknown: str) -> str:
    """A sentence for one of `ValidationError.errors()`; `unknown` is that for a key that nobody knows."""
    if error["type"] == "extra_forbidden":
        return unknown
    sentence = _SENTENCES.get(error["type"])
    return sentence.format_map(error.get("ctx", {})) if sentence else str(error["msg"])
