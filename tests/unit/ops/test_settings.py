"""Settings are read from the environment, named when they are wrong, and documented."""

from pathlib import Path

import pytest

from connectors.whatsapp.retention import LEAST_SENT_DAYS
from ops import readme, sender
from ops.errors import SettingInvalid
from ops.settings import Settings


def test_defaults_need_no_environment():
    settings = Settings.from_environment({})
    assert settings.port == 8080
    assert settings.database_url == ""


def test_values_are_read_in_their_type():
    settings = Settings.from_environment(
        {"WAKALA_PORT": "9000", "WAKALA_HOME": "/var/lib/wakala", "WHATSAPP_APP_SECRETS": "new, old"}
    )
    assert settings.port == 9000
    assert settings.home == Path("/var/lib/wakala")
    assert settings.whatsapp_app_secrets == ("new", "old")


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"WAKALA_PORT": "eighty"}, "WAKALA_PORT"),
        ({"DATABASE_URL": "postgresql+asyncpg://db/wakala"}, "DATABASE_URL"),
        ({"WAKALA_PAYMENT_MODE": "pretend"}, "WAKALA_PAYMENT_MODE"),
        ({"WAKALA_PORT": "8081"}, "WAKALA_EMULATOR_PORT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment, variable):
    with pytest.raises(SettingInvalid, match=variable):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"WHATSAPP_API_URL": "https://graph.facebook.com", "WHATSAPP_ACCESS_TOKEN": "t"}, "WHATSAPP_APP_SECRETS"),
        ({"PAYSTACK_API_URL": "https://api.paystack.co"}, "PAYSTACK_SECRET_KEY"),
        ({"YOCO_API_URL": "https://payments.yoco.com", "YOCO_SECRET_KEY": "sk"}, "YOCO_WEBHOOK_SECRETS"),
    ],
)
def test_a_real_company_is_never_met_with_the_emulators_secrets(environment, variable):
    with pytest.raises(SettingInvalid, match=variable):
        Settings.from_environment(environment)


def test_a_real_company_is_met_with_its_own_secrets():
    settings = Settings.from_environment(
        {"PAYSTACK_API_URL": "https://api.paystack.co", "PAYSTACK_SECRET_KEY": "sk_live"}
    )
    assert settings.paystack_secret_key == "sk_live"


def test_no_secret_shows_its_default():
    shown = {variable: default for variable, default, _ in Settings.table()}
    assert shown["PAYSTACK_SECRET_KEY"] == ""
    assert shown["WHATSAPP_APP_SECRETS"] == ""
    assert shown["WAKALA_PORT"] == "8080"


def test_readme_shows_the_settings_that_the_code_declares():
    assert readme.written() == readme.render()


def test_the_sender_is_set_up_by_what_is_set():
    config = sender.config(
        Settings.from_environment(
            {"WAKALA_JOIN_BUBBLES": "no", "WAKALA_OUTBOX_DAYS": "40", "WHATSAPP_MESSAGES_PER_SECOND": "20"}
        )
    )
    assert not config.joins
    assert config.retention.sent_days == 40
    assert config.rates.number_per_second == 20


def test_rows_that_a_status_may_name_cannot_be_set_to_go():
    assert Settings.from_environment({"WAKALA_OUTBOX_DAYS": str(LEAST_SENT_DAYS)}).outbox_days == LEAST_SENT_DAYS
    with pytest.raises(SettingInvalid, match="WAKALA_OUTBOX_DAYS"):
        Settings.from_environment({"WAKALA_OUTBOX_DAYS": str(LEAST_SENT_DAYS - 1)})
