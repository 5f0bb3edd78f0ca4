"""What a user should hear before spending time: a bundle that does not know the data."""

from explorer.models.bundles import Bundle


def bundle_advice(data: str, bundle: Bundle) -> str:
    """A sentence where the built-in models meet data that is not Scenes, else ""."""
    if bundle.name != "scenes" or data == "scenes":
        return ""
    return (
        f"The built-in encoder knows only Scenes, the drawn world ({bundle.knows.rstrip('.')}), so "
        "prototypes and pictures of other data mean little: for photographs choose the bundle "
        "vit-l-14."
    )
