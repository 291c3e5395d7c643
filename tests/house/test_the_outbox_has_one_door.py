"""Nothing enters the outbox but by the recorder, which an import contract cannot see since others read the outbox."""

import ast

DOOR = "triage/workflows/record/"
HOME = "triage/store/outbox.py"


def names_enqueue(node: ast.AST) -> bool:
    """Whether a piece of code calls, imports or hands on something named `enqueue`."""
    match node:
        case ast.Name(id="enqueue") | ast.Attribute(attr="enqueue") | ast.alias(name="enqueue"):
            return True
        case _:
            return False


def test_only_the_recorder_enqueues(product: dict[str, ast.Module]) -> None:
    """`store.outbox.enqueue` is named by `workflows.record`, and by nobody else."""
    users = {name for name, tree in product.items() if any(names_enqueue(node) for node in ast.walk(tree))}

    assert set() == {name for name in users if not name.startswith(DOOR) and name != HOME}
    assert any(name.startswith(DOOR) for name in users), "the recorder no longer enqueues: mend this test with it"
