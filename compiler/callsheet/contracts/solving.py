"""Goals that need the results of others: each is solved once, on a stack of ours and within a budget."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Generic, TypeVar

Goal = TypeVar("Goal")
Result = TypeVar("Result")


class OutOfBudget(Exception):  # noqa: N818 - a verdict: there is none
    """More goals were needed than the budget allows."""


class Solver(Generic[Goal, Result]):
    """Solves goals, each once.

    Args:
        method: returns the generator that solves a goal: it yields each goal whose result it needs.
        key: of a goal; what is solved is kept by it.
        circular: the result of a goal inside itself.
        budget: how many goals may be solved.

    """

    def __init__(
        self,
        method: Callable[[Goal], Generator[Goal, Result, Result]],
        key: Callable[[Goal], Hashable],
        circular: Result,
        budget: int,
    ) -> None:
        self.method = method
        self.key = key
        self.circular = circular
        self.budget = budget
        self.steps = 0
        self.solved: dict[Hashable, Result] = {}

    def solve(self, goal: Goal) -> Result:
        """Return the result of a goal.

        Raises:
            OutOfBudget: where the budget does not suffice.

        """
        stack = [self._begun(goal)]
        begun = {self.key(goal)}
        sent: Result | None = None
        while True:
            key, solving = stack[-1]
            try:
                # A generator is started with None.
                wanted = solving.send(sent)  # type: ignore[arg-type]
            except StopIteration as done:
                sent = self.solved[key] = done.value
                begun.discard(key)
                stack.pop()
                if not stack:
                    return self.solved[key]
                continue
            key = self.key(wanted)
            if key in self.solved:
                sent = self.solved[key]
            elif key in begun:
                sent = self.circular
            else:
                begun.add(key)
                stack.append(self._begun(wanted))
                sent = None

    def _begun(self, goal: Goal) -> tuple[Hashable, Generator[Goal, Result, Result]]:
        self.steps += 1
        if self.steps > self.budget:
            raise OutOfBudget
        return self.key(goal), self.method(goal)
