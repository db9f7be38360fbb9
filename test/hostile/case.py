"""What a hostile case is and what may come of it."""
import dataclasses

# Outcomes: a diagnostic; the values that a run prints; either; an error of the run.
DIAGNOSTIC, RUNS, EITHER, STATUS = "diagnostic", "runs", "either", "status"


@dataclasses.dataclass
class Case:
    name: str
    files: dict  # relative path -> bytes; a single file is model.pb
    outcome: str = DIAGNOSTIC
    values: object = None  # RUNS: numbers that must be printed
    feeds: tuple = ("x=[1,2,3,4]",)
    fetch: str = "y"
    mentions: tuple = ()  # words that the diagnostic must hold
    seconds: float = 10
    model: str = "model.pb"


def diagnostic(name, text, *mentions, **more):
    return Case(name, {"model.pb": text}, mentions=mentions, **more)


def runs(name, text, values, **more):
    return Case(name, {"model.pb": text}, RUNS, values, **more)


def either(name, text, **more):
    return Case(name, {"model.pb": text}, EITHER, **more)


def status(name, text, feeds, *mentions, **more):
    return Case(name, {"model.pb": text}, STATUS, None, feeds, mentions=mentions, **more)
