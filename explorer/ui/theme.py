"""How the page looks, as Gradio theme variables: warm paper, ink, one blue; light and dark."""

from gradio.themes import Base, Color, Size
from gradio.themes.utils import sizes

INK = Color(
    name="ink",
    c50="#f1f5fd",
    c100="#e0e9fa",
    c200="#c4d5f6",
    c300="#9dbaf0",
    c400="#8fb0f3",
    c500="#4a78d6",
    c600="#2a5bbd",
    c700="#2450a8",
    c800="#214385",
    c900="#1d3767",
    c950="#13223f",
)
PAPER = Color(
    name="paper",
    c50="#faf9f7",
    c100="#f3f2ef",
    c200="#e5e3de",
    c300="#d2cfc8",
    c400="#a5a199",
    c500="#797469",
    c600="#625d54",
    c700="#45413a",
    c800="#2b2925",
    c900="#1d1c19",
    c950="#141311",
)
SPACING = Size(
    name="spacing", xxs="2px", xs="3px", sm="6px", md="8px", lg="12px", xl="16px", xxl="24px"
)


def make_theme() -> Base:
    """The theme; its fonts are those of the system, so that no request leaves the machine."""
    theme = Base(
        primary_hue=INK,
        secondary_hue=INK,
        neutral_hue=PAPER,
        spacing_size=SPACING,
        radius_size=sizes.radius_md,
        text_size=sizes.text_md,
        font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
    )
    return theme.set(**_surfaces(), **_controls(), **_buttons())


def _surfaces() -> dict[str, str]:
    return {
        "body_background_fill": "*neutral_50",
        "body_background_fill_dark": "*neutral_950",
        "body_text_color": "*neutral_900",
        "body_text_color_dark": "#eceae5",
        "body_text_color_subdued": "*neutral_600",
        "body_text_color_subdued_dark": "#aba79e",
        "background_fill_primary": "#ffffff",
        "background_fill_primary_dark": "*neutral_900",
        "background_fill_secondary": "*neutral_100",
        "background_fill_secondary_dark": "*neutral_800",
        "border_color_primary": "*neutral_200",
        "border_color_primary_dark": "#38352f",
        "border_color_accent": "*primary_600",
        "border_color_accent_dark": "*primary_400",
        "color_accent": "*primary_600",
        "color_accent_soft": "*primary_50",
        "color_accent_soft_dark": "*primary_950",
        "link_text_color": "*primary_600",
        "link_text_color_dark": "*primary_400",
        "block_background_fill": "#ffffff",
        "block_background_fill_dark": "*neutral_900",
        "block_border_width": "1px",
        "block_border_color": "*border_color_primary",
        "block_border_color_dark": "*border_color_primary",
        "block_shadow": "none",
        "block_radius": "8px",
        "block_info_text_color": "*body_text_color_subdued",
        "block_info_text_color_dark": "*body_text_color_subdued",
        "layout_gap": "16px",
    }


def _controls() -> dict[str, str]:
    return {
        "block_label_background_fill": "transparent",
        "block_label_background_fill_dark": "transparent",
        "block_label_border_width": "0px",
        "block_label_text_color": "*body_text_color",
        "block_label_text_color_dark": "*body_text_color",
        "block_title_text_color": "*body_text_color",
        "block_title_text_color_dark": "*body_text_color",
        "block_title_text_size": "*text_sm",
        "block_title_text_weight": "600",
        "input_background_fill": "#ffffff",
        "input_background_fill_dark": "*neutral_950",
        "input_border_color": "*neutral_300",
        "input_border_color_dark": "#4a463f",
        "input_border_color_focus": "*primary_600",
        "input_border_color_focus_dark": "*primary_400",
        "input_border_width": "1px",
        "input_padding": "8px 12px",
        "input_text_size": "*text_md",
        "input_shadow": "none",
        "input_shadow_focus": "0 0 0 2px *primary_200",
        "input_shadow_focus_dark": "0 0 0 2px *primary_900",
        "input_placeholder_color": "*neutral_500",
        "slider_color": "*primary_600",
        "slider_color_dark": "*primary_400",
        "loader_color": "*primary_600",
        "loader_color_dark": "*primary_400",
    }


def _buttons() -> dict[str, str]:
    return {
        "button_transition": "background-color .12s ease, border-color .12s ease",
        "button_border_width": "1px",
        "button_primary_background_fill": "*primary_600",
        "button_primary_background_fill_hover": "*primary_700",
        "button_primary_background_fill_dark": "*primary_400",
        "button_primary_background_fill_hover_dark": "*primary_300",
        "button_primary_border_color": "*primary_600",
        "button_primary_border_color_dark": "*primary_400",
        "button_primary_text_color": "#ffffff",
        "button_primary_text_color_dark": "#0d1a33",
        "button_primary_shadow": "none",
        "button_secondary_background_fill": "#ffffff",
        "button_secondary_background_fill_hover": "*neutral_100",
        "button_secondary_background_fill_dark": "*neutral_800",
        "button_secondary_background_fill_hover_dark": "*neutral_700",
        "button_secondary_border_color": "*neutral_300",
        "button_secondary_border_color_dark": "#4a463f",
        "button_secondary_text_color": "*neutral_900",
        "button_secondary_text_color_dark": "#eceae5",
        "button_secondary_shadow": "none",
        "button_large_radius": "6px",
        "button_medium_radius": "6px",
        "button_small_radius": "6px",
    }
