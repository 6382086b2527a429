"""What a maintainer does to items in git, apart from runs: takes out and cleans up."""
