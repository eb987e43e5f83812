package demo

import (
	"fmt"
	"math/big"
	"strconv"
	"sync"

	"seteli/core/calendar"
	"seteli/core/ident"
)

// hetuSigns are the check characters of identity codes in the order of the remainder.
const hetuSigns = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// Hetu makes an invented identity code: number is 0–99 and becomes an individual number 900–999, which no person is given.
func Hetu(birth calendar.Date, number int) (ident.Hetu, error) {
	y, m, d := birth.Civil()
	sign := "-"
	if y >= 2000 {
		sign = "A"
	}
	digits := (d*10000+int(m)*100+y%100)*1000 + 900 + number%100
	return ident.ParseHetu(fmt.Sprintf("%02d%02d%02d%s%03d%c", d, m, y%100, sign, 900+number%100, hetuSigns[digits%31]))
}

// businessIDs are the valid business ids that begin with 99.
var businessIDs = sync.OnceValue(func() (list []string) {
	weights := [7]int{7, 9, 10, 5, 8, 4, 2}
	for i := 9_900_000; i < 10_000_000; i++ {
		digits := strconv.Itoa(i)
		sum := 0
		for k, w := range weights {
			sum += int(digits[k]-'0') * w
		}
		if rest := sum % 11; rest != 1 { // numbers with the remainder 1 are never given
			list = append(list, digits+"-"+strconv.Itoa((11-rest)%11))
		}
	}
	return list
})

// BusinessID gives the n-th invented business id, n from 0. They begin with 99, where no company is registered.
func BusinessID(n int) (ident.BusinessID, error) {
	list := businessIDs()
	if n < 0 || n >= len(list) {
		return ident.BusinessID{}, fmt.Errorf("there is no invented business id %d of %d", n, len(list))
	}
	return ident.ParseBusinessID(list[n])
}

// IBAN gives the n-th invented Finnish account. No bank has the group 9999.
func IBAN(n int) (ident.IBAN, error) {
	account := fmt.Sprintf("9999%010d", n)
	value, ok := new(big.Int).SetString(account+"151800", 10) // FI00 behind the account, letters as numbers
	if !ok {
		return ident.IBAN{}, fmt.Errorf("account %d is too long", n)
	}
	check := 98 - new(big.Int).Mod(value, big.NewInt(97)).Int64()
	return ident.ParseIBAN(fmt.Sprintf("FI%02d%s", check, account))
}
