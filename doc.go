// Package seteli is the root of the program: service vouchers and purchased services of Finnish municipalities and
// wellbeing services counties, from the provider's application to the euro on the provider's account.
//
// It holds no code, only the tests that watch the whole house: which package may import which, that every refusal
// has its text, that no wall clock and no float goes where none may. The program itself is cmd/seteli.
package seteli
