"""A folder with a set to the Hugging Face Hub, as a dataset of one's own."""

from pathlib import Path

from explorer.errors import ConfigError


def require_token(repository: str) -> str:
    """The token to upload with; `ConfigError` where there is none, or nowhere to put the set."""
    import huggingface_hub  # late: importing it takes a while, and only uploads need it
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise ConfigError(f"{repository!r} is no name on the Hub: {_line(error)}") from error
    if repository.count("/") != 1:
        raise ConfigError(f"Name the dataset as owner/name, got {repository!r}.")
    token = huggingface_hub.get_token()
    if token is None:
        raise ConfigError(
            "Uploading needs a token that may write: set HF_TOKEN to one from "
            "https://huggingface.co/settings/tokens, or run `hf auth login`."
        )
    return token


def publish(folder: Path, repository: str, endpoint: str | None = None) -> str:
    """Uploads an exported set to `owner/name` in place of one that was there; returns its address.

    What is there already is not sent again; where there is no such dataset, a private one is made.
    `endpoint` is another Hub than the one that huggingface_hub is set to.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HTTPError  # of the library that it speaks HTTP with

    api = HfApi(endpoint=endpoint, token=require_token(repository))
    try:
        made = api.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
        api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            repo_type="dataset",
            commit_message="Upload a distilled set",
            delete_patterns=["train/*", "data/*", "train-*.tar"],  # of a set that was here before
        )
    except (HTTPError, OSError, ValueError) as error:
        raise ConfigError(f"{folder} was not uploaded to {repository}: {_line(error)}") from error
    return str(made)


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
