"""Who someone is and what they may: people, sign-in (django-allauth), roles, residency.

No resident number is ever stored, nor a birth date.
"""
