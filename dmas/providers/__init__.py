"""Who there is: the nation, regions, integrated care boards, trusts, independent providers and their sites."""
