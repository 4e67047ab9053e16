"""A section with a secret, read from a file that only the platform may read."""

import tempfile
from pathlib import Path

from attrs import frozen

from modkit import Secret
from modkit.config import Configuration, as_text, effective


# region section
@frozen(kw_only=True)
class MailerConfig:
    """Section ``modules.mailer.config``."""

    server: str = "localhost"
    password: Secret[str]


# endregion
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "mail-password").write_text("hunter2\n")
    file = Path(folder, "platform.yaml")
    file.write_text(
        "modules: {mailer: {config: {server: '${MAIL_HOST:-mail.example}', password: 'file:mail-password'}}}"
    )
    configuration = Configuration.load(files=[file])

    # region read
    config = configuration.section("modules.mailer.config", MailerConfig)
    assert config.server == "mail.example"
    assert config.password.reveal() == "hunter2"
    assert str(config) == "MailerConfig(server='mail.example', password=***)"
    # endregion
    sections = {"modules.mailer.config": MailerConfig}
    shown = as_text(effective(configuration, sections))
    assert "hunter2" not in shown
