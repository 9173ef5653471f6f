"""Whatever goes wrong at AWS, a command ends: with success or with what failed, on what, and what to do next.

After the fault the same command makes the account equal to that of an undisturbed run, and between the two callers
get the old version or the new one.
"""

import itertools

import pytest

from deployment import Deployment
from fault_table import LASTS, LOST, PASSES, WAYS, Table
from faults import FaultyAws

_numbers = itertools.count(1)
NO_PROBE = {"BEDROCK_GATEWAY_PROBE": "none"}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    aws = FaultyAws(tmp_path_factory.mktemp("faulty"))
    yield aws
    aws.close()


@pytest.fixture(scope="module")
def table(request, faulty, tmp_path_factory):
    """What the tests that were chosen ask of the table, all begun at once."""
    table = Table(faulty, tmp_path_factory.mktemp("table"))
    begun = {}
    for item in request.session.items:
        if item.module is request.module and "kind" in getattr(item, "callspec", item).__dict__.get("params", {}):
            key = (item.originalname, item.callspec.params["way"], item.callspec.params["kind"])
            begun[key] = table.begin(*key)
    yield begun
    table.close()


@pytest.fixture
def outcome(request, table):
    """Waits for all that a test has asked for."""
    parameters = request.node.callspec.params
    for future in table[request.node.originalname, parameters["way"], parameters["kind"]]:
        future.result()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", LASTS)
def test_what_lasts_is_told(outcome, way, kind):
    """Whatever is denied, throttled, broken or silent for good: each operation in turn."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", LOST)
def test_a_change_whose_answer_is_lost(outcome, way, kind):
    """The change is made, and the command does not know."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", PASSES)
def test_what_passes_is_waited_for(outcome, way, kind):
    """What happens to every operation and passes is nothing that anybody hears of."""
