"""Reads YAML that people wrote, and refuses what would grow without end when it is looked at."""

from __future__ import annotations

from typing import Any

import yaml

from notifier.errors import Refused

LARGEST = 4_000_000  # characters and values, with each alias written out; a file has 2 MB
LONGEST_NUMBER = 40  # characters; Python refuses to write out a number of more than 4,300 digits


def read_yaml(text: str | bytes) -> Any:
    """As ``yaml.safe_load``, which follows a few aliases to gigabytes ("billion laughs").

    Raises Refused for such a file, and what ``safe_load`` raises: YAMLError, ValueError (a date
    that there is not), RecursionError.
    """
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        if written_out(root, {}) > LARGEST:
            raise Refused("The file repeats itself by aliases beyond 4 MB; write it out.")
        return loader.construct_document(root)
    finally:
        loader.dispose()


def written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """How large a value is with its aliases written out; one inside itself has no end."""
    size = known.get(id(node))
    if size is not None:
        return size
    known[id(node)] = LARGEST + 1  # until it is counted: it stands inside itself
    if isinstance(node, yaml.ScalarNode):
        if node.tag.endswith(":int") and len(node.value) > LONGEST_NUMBER:
            raise Refused("The file holds a number of more than 40 digits; correct it.")
        size = 1 + len(node.value)
    elif isinstance(node, yaml.MappingNode):
        parts = (part for pair in node.value for part in pair)
        size = 1 + sum(written_out(part, known) for part in parts)
    else:
        size = 1 + sum(written_out(part, known) for part in node.value)
    known[id(node)] = size
    return size
