"""What fields that matter are called."""

import re

IMAGES = (
    "file_name",
    "image",
    "filename",
    "image_name",
    "image_path",
    "image_file",
    "filepath",
    "file_path",
    "path",
    "img",
    "picture",
    "photo",
    "jpg",
    "jpeg",
    "png",
    "webp",
)
"""What the field of an image is called; the first that is there is taken."""
CAPTIONS = (
    "captions",
    "caption",
    "prompt",
    "text",
    "texts",
    "sentences",
    "sentence",
    "raw",
    "comment",
    "description",
    "caption_str",
    "report",
)
"""What the field of a caption is called; the first that is there is taken."""
LABELS = (
    "label",
    "labels",
    "class",
    "class_name",
    "category",
    "target",
    "fine_label",
    "fine_labels",
)
"""What the field of a class is called; the first that is there is taken."""
IDENTITIES = ("image_id", "img_id", "imgid", "cocoid", "filename", "file_name")
"""What the field is called that tells images apart; the first that is there is taken."""
LIKE_SPLITS = re.compile(r".*split.*|subset|partition|phase|set|usage", re.I)
"""What a column may be called whose values are splits, be it a single one."""
