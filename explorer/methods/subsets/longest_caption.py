"""Real images at random, each with its longest caption: what long captions alone are worth."""

from explorer.methods.subsets.choosing import FilteredSettings, choosing, longest_of_kept

METHOD = choosing(
    name="longest-caption",
    label="Random real images with their longest captions",
    about="Real images at random, each with its longest caption that fits, by the filter of PDS.",
    config=FilteredSettings,
    pairs=lambda e, size, settings: longest_of_kept(e, settings, size, settings.seed),
)
