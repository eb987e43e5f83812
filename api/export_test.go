package api

// Update is the flag of all golden files of this package.
var Update = update
