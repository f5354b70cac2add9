"""Who there is: regions, integrated care boards, trusts, independent providers, sites and where they lie."""
