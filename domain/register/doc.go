// Package register is the national register of service providers: companies by business id (Y-tunnus), their units,
// who acts for them in which role, and what each organiser knows of a company for its own payments.
//
// One company has one row for the whole country. It must not know services, prices or approvals (admission).
package register
