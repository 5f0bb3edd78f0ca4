"""What a user should hear before spending time: a bundle that does not know the data."""

from explorer.models.bundles import Bundle


def bundle_advice(data: str, bundle: Bundle) -> str:
    """A sentence or two where the built-in models meet data that is not Scenes, else ""."""
    if bundle.name != "scenes" or data == "scenes":
        return ""
    return (
        "The built-in encoder knows only Scenes, so prototypes, pictures and scores of other data "
        "mean little. For photographs choose the bundle vit-l-14."
    )
