package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"
)

// What the Go clients share: the records they write, and a line for each check of checks.txt.

const (
	count    = 300
	baseMs   = int64(1_700_000_000_000)
	middleMs = baseMs + 100_500
	segment  = "segment.bytes"
)

var (
	bootstrap     = os.Getenv("BOOTSTRAP")
	codecs        = []string{"none", "gzip", "snappy", "lz4", "zstd"}
	middleOffsets = []int64{34, 34, 33}
	committedAt   = []int64{10, 20, 30}
	failed        = false
)

// header is one of a record's, in its order.
type header struct{ name, value string }

// row is a record as it was written or read; nil is null.
type row struct {
	partition  int
	offset, ms int64
	key, value []byte
	headers    []header
}

func (r row) String() string {
	return fmt.Sprintf("%d@%d %d %s %s %v", r.partition, r.offset, r.ms, quoted(r.key), quoted(r.value), r.headers)
}

func quoted(b []byte) string {
	if b == nil {
		return "null"
	}
	return fmt.Sprintf("%q", b)
}

// record is that of the number, as it has to be.
func record(i int) row {
	r := row{partition: i % 3, offset: int64(i / 3), ms: baseMs + 1000*int64(i)}
	if i%5 != 0 {
		r.key = []byte(fmt.Sprint("key-", i))
	}
	if r.key == nil || i%7 != 0 {
		r.value = []byte(fmt.Sprintf("value-%d-%s", i, strings.Repeat("x", i%50)))
	}
	if i%2 == 0 {
		r.headers = []header{{"number", fmt.Sprint(i)}, {"empty", ""}}
	}
	return r
}

// records are those from a number to before another, in the order of partitions.
func records(first, last int) []row {
	var rows []row
	for i := first; i < last; i++ {
		rows = append(rows, record(i))
	}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].partition < rows[b].partition })
	return rows
}

// resumed are the records behind the committed offsets.
func resumed() []row {
	var rows []row
	for _, r := range records(0, count) {
		if r.offset >= committedAt[r.partition] {
			rows = append(rows, r)
		}
	}
	return rows
}

// T is a check that goes on, as in Go's own tests: the first thing that does not hold ends it. Its context has a
// deadline.
type T struct{ context.Context }

// ok ends the check if there is an error.
func (t *T) ok(err error) {
	if err != nil {
		panic(err)
	}
}

func (t *T) equal(got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		panic(fmt.Errorf("got %v in place of %v", got, wanted))
	}
}

// sameRows: those of a partition have to be in order; partitions come in any.
func (t *T) sameRows(got, wanted []row) {
	sort.SliceStable(got, func(a, b int) bool { return got[a].partition < got[b].partition })
	for i := 0; i < min(len(got), len(wanted)); i++ {
		t.equal(got[i].String(), wanted[i].String())
	}
	t.equal(fmt.Sprint(len(got), " records"), fmt.Sprint(len(wanted), " records"))
}

// until waits for the condition.
func (t *T) until(what string, condition func() bool) {
	for !condition() {
		if t.Err() != nil {
			panic(fmt.Errorf("not in time: %s", what))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// check prints one line for what the body does, and the program goes on.
func check(name string, body func(t *T)) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	defer func() {
		if why := recover(); why != nil {
			failed = true
			fmt.Printf("FAILED %s: %s\n", name, strings.Join(strings.Fields(fmt.Sprint(why)), " "))
		}
	}()
	body(&T{ctx})
	fmt.Println("ok", name)
}

func none(names ...string) {
	for _, name := range names {
		fmt.Println("none", name)
	}
}

// checkFields are the checks of single fields, of what the reader gets from the topic without a codec.
func checkFields(read func(t *T) []row) {
	fields := []struct {
		name string
		of   func(r row) string
	}{
		{"headers", func(r row) string { return fmt.Sprint(r.headers) }},
		{"null-key", func(r row) string { return quoted(r.key) }},
		{"tombstone", func(r row) string { return quoted(r.value) }},
		{"timestamps", func(r row) string { return fmt.Sprint(r.ms) }},
	}
	for _, field := range fields {
		check(field.name, func(t *T) {
			got := read(t)
			t.equal(len(got), count)
			for _, r := range got {
				place := fmt.Sprintf("%d@%d ", r.partition, r.offset)
				t.equal(place+field.of(r), place+field.of(record(int(r.offset)*3+r.partition)))
			}
		})
	}
}

// main runs the phase that the argument names.
func main() {
	map[string]func(){"before": before, "after": after}[os.Args[1]]()
	if failed {
		os.Exit(1)
	}
}
