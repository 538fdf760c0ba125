"""Texts of the libraries that we word anew in our catalogue, where theirs read badly.

Ours win, for Django asks its settings' catalogue before those of the apps.
"""

from madang.ground.words import marked, marked_plural

BORROWED = (
    marked("Remember Me"),
    marked("Login"),
    marked(
        "If you have not created an account yet, then please %(link)ssign up%(end_link)s first."
    ),
    marked("Already have an account? Then please %(link)ssign in%(end_link)s."),
    marked("Forgot your password?"),
    marked("Forgot Password?"),
    marked("Password Reset"),
    marked("Reset My Password"),
    marked(
        "Forgotten your password? Enter your email address below, and we'll send you "
        "an email allowing you to reset it."
    ),
    marked("Please contact us if you have any trouble resetting your password."),
    marked(
        "We have sent you an email. If you have not received it please check your spam "
        "folder. Otherwise contact us if you do not receive it in a few minutes."
    ),
    marked("The email address and/or password you specified are not correct."),
    marked("A user is already registered with this email address."),
    marked("Too many failed login attempts. Try again later."),
    marked("Are you sure you want to sign out?"),
    marked("You have signed out."),
    marked("Successfully signed in as %(name)s."),
    marked("You are already logged in as %(user_display)s."),
    marked("Password successfully changed."),
    marked("Password successfully set."),
    marked("Change Password"),
    marked("Current Password"),
    marked("New Password"),
    marked("New Password (again)"),
    marked("You must type the same password each time."),
    marked("Please type your current password."),
    marked("Incorrect password."),
    marked("Incorrect code."),
    marked("Invalid or expired key."),
    marked("Account Inactive"),
    marked("This account is inactive."),
    marked("This account is currently inactive."),
    marked("Email Addresses"),
    marked("The following email addresses are associated with your account:"),
    marked("Primary"),
    marked("Make Primary"),
    marked("Re-send Verification"),
    marked("Remove"),
    marked("Enter Email Verification Code"),
    marked(
        "We've sent a code to %(recipient)s. The code expires shortly, so please enter it soon."
    ),
    marked("Request new code"),
    marked("Please reauthenticate to safeguard your account."),
    marked("Confirm Access"),
    marked("Confirmation email sent to %(email)s."),
    marked("You have confirmed %(email)s."),
    marked("Removed email address %(email)s."),
    marked("Bad Token"),
    marked(
        "The password reset link was invalid, possibly because it has already been "
        'used.  Please request a <a href="%(passwd_reset_url)s">new password reset</a>.'
    ),
    marked("Be patient, you are sending too many requests."),
    marked("Your password can’t be a commonly used password."),
    marked("Your password can’t be entirely numeric."),
    marked("This password is too common."),
    marked("This password is entirely numeric."),
    marked("This field is required."),
    marked("Enter a valid email address."),
    marked("Enter a number."),
    marked("Enter a valid date."),
    marked("Enter a valid date/time."),
    marked("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    marked("Ensure this value is greater than or equal to %(limit_value)s."),
    marked("Select a valid choice. That choice is not one of the available choices."),
    marked("Select a valid choice. %(value)s is not one of the available choices."),
    marked_plural(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    marked_plural(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    marked_plural(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
)
