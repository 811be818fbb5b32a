"""How hard the property tests of the domain try: enough for small alphabets, and with no clock to trip over."""

from hypothesis import settings

settings.register_profile("domain", max_examples=100, deadline=None)
if settings.get_current_profile_name() != "torture":
    settings.load_profile("domain")
