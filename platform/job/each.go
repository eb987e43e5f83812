package job

import (
	"context"

	"seteli/platform/postgres"
)

// Each gives a message to several receivers, one after the other: what one leaves is there for the next. When one fails the message
// comes again to all, so each makes a repetition harmless, as every Handler does.
func Each(receivers ...Handler) Handler {
	return func(ctx context.Context, m postgres.Delivery) error {
		for _, receive := range receivers {
			if err := receive(ctx, m); err != nil {
				return err
			}
		}
		return nil
	}
}

// Join gives each topic to all who receive it, in the order of the arguments.
func Join(all ...map[string]Handler) map[string]Handler {
	joined := map[string]Handler{}
	for _, receivers := range all {
		for topic, receive := range receivers {
			if before := joined[topic]; before != nil {
				receive = Each(before, receive)
			}
			joined[topic] = receive
		}
	}
	return joined
}
