"""The one settings file. Everything that differs between cities comes from the environment;
docs/reference/settings.md lists each variable.
"""

from os import environ
from pathlib import Path

from madang.ground.block import discover_blocks
from madang.site.environment import (
    by_block,
    database,
    flag,
    listed,
    logging_settings,
    secret,
)

PACKAGE = Path(__file__).resolve().parent.parent
MADANG_DATA = Path(environ.get("MADANG_DATA", ".madang")).resolve()
MADANG_KEYS = Path(environ.get("MADANG_KEYS", MADANG_DATA / "keys")).resolve()
MADANG_CITY = Path(environ.get("MADANG_CITY", PACKAGE / "sample" / "city.toml"))
MADANG_LIVE_URL = environ.get("MADANG_LIVE_URL", "")
MADANG_LIVE_ORIGIN = MADANG_LIVE_URL.partition("/live")[0]

DEBUG = flag("MADANG_DEBUG")
ALLOWED_HOSTS = listed("MADANG_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = listed("MADANG_ORIGINS", [])
SECRET_KEY = secret("MADANG_SECRET_KEY", MADANG_DATA)
MADANG_PSEUDONYM_KEY = secret("MADANG_PSEUDONYM_KEY", MADANG_DATA)
MADANG_PSEUDONYM_KEYS = by_block("MADANG_PSEUDONYM_KEY")
MADANG_JOURNAL_KEY = secret("MADANG_JOURNAL_KEY", MADANG_DATA)
MADANG_WALLS_KEY = secret("MADANG_WALLS_KEY", MADANG_DATA)
MADANG_PAUSES_KEPT_S = 1.0
MADANG_BLOCK = environ.get("MADANG_BLOCK", "")  # behind whose wall this process is; "" = no walls
MADANG_JOURNAL_NAME = environ.get("MADANG_JOURNAL_NAME", "")
MADANG_WITNESSES = listed("MADANG_WITNESSES", [])

BLOCKS = discover_blocks()
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "csp",
    "madang.ground.consent",
    "madang.ground.events",
    "madang.ground.identity",
    "madang.ground.journal",
    "madang.ground.privacy",
    "madang.ground.release",
    "madang.ground.walls",
    "madang.ground.rights",
    "madang.web",
    *[placed.package for placed in BLOCKS],
]
MIDDLEWARE = [
    "madang.site.operate.middleware.note_requests",
    "django.middleware.security.SecurityMiddleware",
    "madang.web.middleware.only_plain_text",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "madang.web.middleware.vary_on_htmx",
    "madang.web.middleware.only_what_is_on",
]
if MADANG_BLOCK not in {"", "front"}:
    # Behind a wall nobody's sign-in can be read, but the one whose key the visitor brings.
    MIDDLEWARE.remove("django.contrib.sessions.middleware.SessionMiddleware")
    known = MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    MIDDLEWARE[known] = "madang.ground.identity.visitors.known_by_visit"
ROOT_URLCONF = "madang.site.urls"
WSGI_APPLICATION = "madang.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "madang.web.templatetags.madang"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madang.site.shell.shell",
            ],
        },
    }
]

DATABASES = {"default": database(MADANG_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

AUTH_USER_MODEL = "identity.Person"
SESSION_ENGINE = "madang.ground.identity.sign_ins"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
EMAIL_CONFIG = environ.get("MADANG_MAIL_HOST", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_CONFIG
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_HOST = EMAIL_CONFIG.partition(":")[0]
EMAIL_PORT = int(EMAIL_CONFIG.partition(":")[2] or 25)
EMAIL_TIMEOUT = 10  # seconds, after which a page says so instead of waiting
EMAIL_FILE_PATH = MADANG_DATA / "mail"
DEFAULT_FROM_EMAIL = environ.get("MADANG_MAIL_FROM", "madang@localhost")
ACCOUNT_ADAPTER = "madang.ground.identity.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An address can only be verified where mail leaves the machine.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_CONFIG else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(EMAIL_CONFIG)
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_ON_GET = False
# Behind a proxy every visitor comes from its address, and limits would be shared by all.
ALLAUTH_TRUSTED_PROXY_COUNT = int(environ.get("MADANG_PROXIES", "0"))
ACCOUNT_SESSION_REMEMBER = True
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
LOGIN_URL = "account_login"

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = environ.get("MADANG_TIME_ZONE", "Asia/Seoul")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = MADANG_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

IS_SECURE = flag("MADANG_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'", *([MADANG_LIVE_ORIGIN] if MADANG_LIVE_ORIGIN else [])],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = logging_settings()
