"""Whom the function believes to be its agent."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hand_agent import HandAgent


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a stranger")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256()))
    file = tmp_path / "agent.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                          serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_stranger_is_not_asked(functions, certificate: Path):
    agent = HandAgent(certificate)

    events = list(functions(agent.environment).url.ask("秘密の質問").events())

    assert [event["type"] for event in events] == ["start", "error"]
    assert events[-1]["error"] == "connection_lost"
    assert not agent.asked.is_set()


def test_aws_ca_bundle_names_whom_to_trust_instead(functions, certificate: Path):
    agent = HandAgent(certificate)
    agent.say("はい".encode())
    agent.end()

    environment = {**agent.environment, "AWS_CA_BUNDLE": str(certificate)}
    events = list(functions(environment).url.ask("質問").events())

    assert events[-1]["type"] == "complete"
    assert [event["content"] for event in events if event["type"] == "chunk"] == ["はい"]
