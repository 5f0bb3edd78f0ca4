"""What a user should hear before spending time: a bundle that does not know the data."""

from explorer.models.bundles import BUNDLES, Bundle


def bundle_advice(data: str, bundle: Bundle) -> str:
    """A sentence or two where the built-in encoder meets data that is not Scenes, else ""."""
    if bundle.encoder != BUNDLES["scenes"].encoder or data == "scenes":
        return ""
    return (
        "The built-in encoder knows only Scenes, so prototypes, pictures and scores of other data "
        "mean little. For photographs choose the bundle vit-l-14."
    )
