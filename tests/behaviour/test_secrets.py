"""Secrets stay out of what is kept and shown."""

import pathlib

import pytest
from pydantic import SecretStr

import lading as dg


class Account(dg.ConfigurableResource):
    password: SecretStr
    user: str = "someone"


class Service(dg.ConfigurableResource):
    token: str
    account: Account
    spare: Account = Account(password="secret-by-default")


class Settings(dg.Config):
    key: SecretStr
    size: int = 1


def kept_below(folder):
    return b"".join(each.read_bytes() for each in pathlib.Path(folder).rglob("*") if each.is_file())


@pytest.mark.parametrize(
    "run_config",
    [
        None,
        dg.RunConfig(resources={"account": Account(password="secret-by-object")}),
        {"resources": {"account": {"config": {"password": "secret-by-dict"}}}},
        {"resources": {"service": {"config": {"token": "t", "spare": {"password": "secret-nested"}}}}},
    ],
)
def test_no_secret_reaches_the_history(tmp_path, monkeypatch, run_config, capfd):
    monkeypatch.setenv("LADING_TEST_TOKEN", "secret-by-variable")

    @dg.asset
    def fails(account: Account, service: Service):
        raise ValueError(f"with {account!r} and {service!r}")

    account = Account(password="secret-by-literal")
    with dg.Instance.local_temp(str(tmp_path)) as instance:
        result = dg.materialize(
            [fails],
            resources={"account": account, "service": Service(token=dg.EnvVar("LADING_TEST_TOKEN"), account=account)},
            run_config=run_config,
            instance=instance,
            raise_on_error=False,
        )
        assert not result.success
        assert "someone" in result.get_step_failure_events()[0].step_failure_data.error.to_string()
        shown = repr(result) + repr(result.run) + "".join(map(repr, result.all_events)) + "".join(capfd.readouterr())
    assert b"secret-" not in kept_below(tmp_path)
    assert "secret-" not in shown


def test_no_secret_of_an_op_reaches_the_history(tmp_path):
    seen = []

    @dg.asset
    def reads(config: Settings):
        seen.append(config.key.get_secret_value())

    with dg.Instance.local_temp(str(tmp_path)) as instance:
        config = {"ops": {"reads": {"config": {"key": "secret-of-an-op", "size": 2}}}}
        result = dg.materialize([reads], run_config=config, instance=instance)
        assert result.run.run_config["ops"]["reads"]["config"] == {"key": "**********", "size": 2}
    assert seen == ["secret-of-an-op"]
    assert b"secret-" not in kept_below(tmp_path)
