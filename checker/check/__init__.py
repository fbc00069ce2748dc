"""The pipeline: from what is known of a project to a verdict on every proof."""
