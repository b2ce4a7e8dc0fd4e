"""What every test may use. Whatever the machine's own AWS settings are, no test sees them."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from valkey import Valkey

REGION: Final = "eu-central-1"

# Before anything imports an SDK: a test that forgets to mock it fails at Amazon's door.
for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION=REGION,
    AWS_REGION=REGION,
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    # moto knows no endpoints of one account.
    AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",
    POWERTOOLS_METRICS_NAMESPACE="Shutterfeed",
    POWERTOOLS_SERVICE_NAME="tests",
)

from hypothesis import HealthCheck, settings  # noqa: E402
from moto import mock_aws  # noqa: E402 - it sees the requests of sessions made after its import

from tests import moto_objects, moto_shortcuts  # noqa: E402
from tests import valkey_server as valkey_server_tools  # noqa: E402
from tests.fakes.system import FakeClock, FakeIds  # noqa: E402
from tools import dynamodb_local, opensearch_node, paths  # noqa: E402
from tools.errors import Unavailable  # noqa: E402

# The same examples in every run, on a busy machine too. SHUTTERFEED_FUZZ=1000 tries that many new
# ones per property instead.
_fuzz = int(os.environ.get("SHUTTERFEED_FUZZ", "0"))
_busy: Mapping[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **_busy)
settings.register_profile("fuzz", max_examples=_fuzz or 100, **_busy)
settings.load_profile("fuzz" if _fuzz else "same")

moto_shortcuts.take()


_NEW_OBJECTS: Final = 20_000
"""The number of new objects after which the garbage collector looks at them; 700 without this."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without the garbage collector, let it pass over what was imported and collected, and
    let it come less often afterwards.

    None of that becomes garbage before the end, and all of it was looked through again and again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS)
        gc.enable()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until the test moves it."""
    return FakeClock()


@pytest.fixture
def ids() -> FakeIds:
    """The same sequence of ids in every run."""
    return FakeIds()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens. It stays bound, so nobody else can begin to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        yield port


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[int]:
    """The port of a real Valkey (or Redis) on this machine, stopped after the last test."""
    try:
        running = valkey_server_tools.running()
        port = running.__enter__()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    try:
        yield port
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def valkey_client(valkey_server: int) -> Iterator[Valkey]:
    """A client of an empty server."""
    from shutterfeed.adapters.caching.valkey import connect

    with connect("127.0.0.1", valkey_server, **valkey_server_tools.PATIENT) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def dynamodb_local_server() -> Iterator[str | Unavailable]:
    """The address of a DynamoDB Local, stopped after the last test, or why there is none."""
    yield from _served(dynamodb_local.running())


@pytest.fixture(scope="session")
def opensearch_server() -> Iterator[str | Unavailable]:
    """The address of an OpenSearch node, stopped after the last test, or why there is none. Each
    test that uses it begins by removing all indexes."""
    yield from _served(opensearch_node.running())


def _served(running: AbstractContextManager[str]) -> Iterator[str | Unavailable]:
    try:
        address = running.__enter__()
    except Unavailable as error:
        yield error
        return
    try:
        yield address
    finally:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return paths.ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real photos and the like, kept beside the repository or where the variable says."""
    folder = Path(os.environ.get("SHUTTERFEED_TEST_DATA", paths.ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test data in {folder}: name its folder in SHUTTERFEED_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def found(shared_data: Path) -> Callable[[str], bytes]:
    """Gives the content of one of the real files that once went wrong, by its name."""

    def read(name: str) -> bytes:
        path = shared_data / "found" / name
        if not path.is_file():
            pytest.skip(f"{path} is not there")
        return path.read_bytes()

    return read


@dataclass(frozen=True, slots=True)
class Aws:
    """Clients of an empty account in moto, good for the duration of one test."""

    dynamodb: DynamoDBClient
    s3: S3Client
    sqs: SQSClient


@pytest.fixture
def aws() -> Iterator[Aws]:
    clients = _clients()
    with mock_aws():
        yield clients


@cache
def _clients() -> Aws:
    """Made once: a client takes longer to make than most tests to run."""
    from shutterfeed.adapters.clients import connect

    clients = Aws(*(connect(name, region_name=REGION) for name in ("dynamodb", "s3", "sqs")))
    moto_shortcuts.direct(clients.dynamodb)
    moto_objects.direct(clients.s3)
    return clients
