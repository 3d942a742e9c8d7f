//go:build go1.25

package main

import (
	"io"
	"runtime/trace"
)

func init() {
	startFlight = func() (func(io.Writer) error, error) {
		fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
		if err := fr.Start(); err != nil {
			return nil, err
		}
		return func(w io.Writer) error { _, err := fr.WriteTo(w); return err }, nil
	}
}
