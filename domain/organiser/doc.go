// Package organiser knows who arranges services: municipalities, counties and joint authorities, whom they serve,
// their own settings (settlement calendar, payer's account), teams, staff, budgets and number series.
//
// It knows no service beyond its id (a budget names one), no voucher and no price. Accounts and mandates belong to
// platform/access; this package adds the organiser's rules about them. The organiser itself is a public fact; teams,
// budgets and series are seen by the organiser only.
package organiser
