"""The one settings file. Variables of the environment are declared in `variables.py`, nowhere else."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from makegood.site import variables
from makegood.site.database_urls import connection_settings

VARIABLES = variables.read()
PACKAGE = Path(__file__).resolve().parent.parent
STATE_DIRECTORY = VARIABLES.makegood_state_directory.resolve()

# --- who we are ------------------------------------------------------------------------------------------------
ADDRESS = VARIABLES.makegood_address
READY_ADDRESS = VARIABLES.makegood_ready_address or ADDRESS
IS_DEMO = VARIABLES.makegood_demo
DEBUG = VARIABLES.makegood_debug
SECRET_KEY = VARIABLES.makegood_secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = [
    key for key in VARIABLES.makegood_former_secret_keys.get_secret_value().split(",") if key.strip()
]
ROOT_URLCONF = "makegood.site.urls"
WSGI_APPLICATION = "makegood.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "makegood.apps.MakegoodConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "makegood.site.middleware.keep_pages_private",
    "makegood.site.middleware.answer_programs",
    "makegood.site.middleware.refuse_unreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "makegood.site.middleware.speak_to_the_person",
    "django_htmx.middleware.HtmxMiddleware",
]

# --- addresses and transport -----------------------------------------------------------------------------------
_host = urlsplit(ADDRESS).hostname or "localhost"
_is_encrypted = ADDRESS.startswith("https://")
ALLOWED_HOSTS = [_host, *(host.strip() for host in VARIABLES.makegood_further_hosts.split(",") if host.strip())]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_encrypted
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_encrypted else None
SECURE_HSTS_SECONDS = 31_536_000 if _is_encrypted else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# A form larger than this is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
# A week that is open at every quarter of an hour is 672 boxes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 800

# --- database --------------------------------------------------------------------------------------------------
# `default` is the app role, except in the commands that change the schema (makegood.manage): those are the owner's.
_process: str = VARIABLES.makegood_process
_app_url = VARIABLES.database_url.get_secret_value()
DIRECT_ADDRESS = (VARIABLES.database_direct_url or VARIABLES.database_url).get_secret_value()
if VARIABLES.makegood_database_login == "owner":
    # Without an owner's login the one there is changes the schema.
    _process = "schema"
if _process == "schema" and VARIABLES.database_owner_url:
    _default = connection_settings(url=VARIABLES.database_owner_url.get_secret_value(), process=_process)
elif _process == "worker":
    _default = connection_settings(url=DIRECT_ADDRESS, process=_process)
else:
    _default = connection_settings(url=_app_url, process=_process, pooled=VARIABLES.database_pooled)
DATABASES: dict[str, dict[str, Any]] = {"default": _default}
if VARIABLES.database_audit_url:
    DATABASES["auditor"] = connection_settings(
        url=VARIABLES.database_audit_url.get_secret_value(), process="command"
    ) | {"TEST": {"DEPENDENCIES": []}}

# Rate limits must hold across processes, so the cache is a table, made by `manage createcachetable` right after
# the migrations; nothing in it is worth keeping.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "makegood_cache"}}

# --- jobs ------------------------------------------------------------------------------------------------------
# Each module of makegood.jobs registers its tasks when it is imported.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- people and sign-in ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "makegood.Person"
# auth.W004 asks for a plain UNIQUE on the e-mail address; ours is unique without regard to case.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["makegood.web.guest.adapters.SignInBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "makegood.site.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "makegood.web.guest.adapters.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _is_encrypted else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    # Tries at passwords and codes: per address of the network, and per e-mail address.
    "login": "60/m/ip",
    "login_failed": "50/15m/ip,10/15m/key",
    "request_login_code": "20/m/ip,5/15m/key",
    "reset_password": "20/m/ip,5/15m/key",
    "reset_password_from_key": "20/m/ip",
    "demo_sign_in": "300/m/ip",
    # Calendars ask a few times an hour; one of their servers asks for many people.
    "calendar_feed": "30/m/key,600/m/ip",
}
# How many proxies of our own stand before us: so many of the last addresses in X-Forwarded-For are theirs to say.
ALLAUTH_TRUSTED_PROXY_COUNT = VARIABLES.makegood_trusted_proxies
ACCOUNT_FORMS = {
    "login": "makegood.web.guest.forms.SignInForm",
    "request_login_code": "makegood.web.guest.forms.RequestCodeForm",
    "confirm_login_code": "makegood.web.guest.forms.EnterCodeForm",
    "reset_password": "makegood.web.guest.forms.RequestResetForm",
    "reset_password_from_key": "makegood.web.guest.forms.ResetPasswordForm",
    "change_password": "makegood.web.guest.forms.ChangePasswordForm",
    "set_password": "makegood.web.guest.forms.SetPasswordForm",
    "reauthenticate": "makegood.web.guest.forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "makegood.web.guest.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _host == "localhost"
MFA_FORMS = {
    "authenticate": "makegood.web.guest.forms.SecondFactorForm",
    "reauthenticate": "makegood.web.guest.forms.ConfirmSecondFactorForm",
    "activate_totp": "makegood.web.guest.forms.ActivateAppForm",
    "login_webauthn": "makegood.web.guest.forms.SignInWithPasskeyForm",
    "reauthenticate_webauthn": "makegood.web.guest.forms.ConfirmPasskeyForm",
    "add_webauthn": "makegood.web.guest.forms.AddPasskeyForm",
    "edit_webauthn": "makegood.web.guest.forms.RenamePasskeyForm",
}

# --- language and time -----------------------------------------------------------------------------------------
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
# Each by its own name, so that people find theirs whatever language the page is in.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [PACKAGE / "locale"]

# --- pages -----------------------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((PACKAGE / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "makegood.web.parts.context.page",
                "makegood.web.switching.switcher",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "makegood.web.parts.templatetags.parts",
                "makegood.web.parts.templatetags.people",
            ],
        },
    }
]
CSRF_FAILURE_VIEW = "makegood.web.parts.errors.csrf_failure"
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIRECTORY / "static"
STATICFILES_DIRS = [folder for folder in [PACKAGE / "web" / "static"] if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = STATE_DIRECTORY / "uploads"

# --- mail ------------------------------------------------------------------------------------------------------
_mail = urlsplit(VARIABLES.makegood_mail_url.get_secret_value())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = VARIABLES.makegood_mail_from
EMAIL_TIMEOUT = 20
if _mail.scheme == "file":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = STATE_DIRECTORY / "mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = parse_qs(_mail.query).get("tls") == ["1"]

# --- push ------------------------------------------------------------------------------------------------------
PUSH_KEY = VARIABLES.makegood_push_key.get_secret_value()
PUSH_CONTACT = f"mailto:{parseaddr(VARIABLES.makegood_mail_from)[1]}"
# The worker sends to addresses that browsers name; these are the services that browsers come with.
PUSH_SERVICES = [
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
]

# --- logs ------------------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"shown": {"()": "makegood.site.logs.formatter", "shape": VARIABLES.makegood_log_format}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "shown"}},
    "root": {"handlers": ["stream"], "level": VARIABLES.makegood_log_level},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Tells at every start which tasks it knows; only the worker's log wants that.
        "procrastinate": {"level": "INFO" if _process == "worker" else "WARNING"},
    },
}
