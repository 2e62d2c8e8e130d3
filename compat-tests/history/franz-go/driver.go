// A process of clients under test, as src/drive/Driver.java: client BOOTSTRAP FILE SEED SLOT FIRST-PROC WORKLOAD TOPICS PARTITIONS. Knows
// the workloads w1, w2 and w3; a line on standard input, or its end, ends it.
package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	sendsPerTopic  = 2048
	sendsPerSecond = 40
)

// run is what all goroutines share.
type run struct {
	bootstrap string
	seed      int64
	slot      string
	recorder  *recorder
	nextProc  int64
	topics    []string
	width     int
	isOver    atomic.Bool
}

func (r *run) target(sends int, chance *rand.Rand) place {
	return place{r.topics[sends/sendsPerTopic%len(r.topics)], int32(chance.Intn(r.width))}
}

func (r *run) partitions() []place {
	var all []place
	for _, topic := range r.topics {
		for i := range r.width {
			all = append(all, place{topic, int32(i)})
		}
	}
	return all
}

func upTo(chance *rand.Rand, most time.Duration) {
	time.Sleep(time.Duration(chance.Int63n(int64(most))))
}

// write is of W1 and W2: sends without transactions.
func write(ctx context.Context, r *run, p *proc, chance *rand.Rand) {
	sends := 0
	for !r.isOver.Load() {
		producer := newProducer(p, r.bootstrap, chance, "")
		for i := 0; i < 1500 && !r.isOver.Load(); i++ {
			producer.send(r.target(sends, chance))
			sends++
			upTo(chance, 2*time.Second/sendsPerSecond)
		}
		producer.close(ctx)
	}
}

// read is of W1: takes partitions from their beginning, again and again.
func read(_ context.Context, r *run, p *proc, chance *rand.Rand) {
	for !r.isOver.Load() {
		var partitions []place
		for _, at := range r.partitions() {
			if chance.Intn(3) > 0 {
				partitions = append(partitions, at)
			}
		}
		consumer := newConsumer(p, r.bootstrap, chance.Intn(2) == 0, partitions)
		for i := 0; i < 150 && !r.isOver.Load(); i++ {
			consumer.poll(200 * time.Millisecond)
		}
		consumer.client.Close()
	}
}

// beMember is of W2: in the group of the other clients' members.
func beMember(ctx context.Context, r *run, p *proc, chance *rand.Rand) {
	const group = "w2-classic-manual"
	for !r.isOver.Load() {
		consumer := newConsumer(p, r.bootstrap, chance.Intn(2) == 0, nil, member(p, group, r.topics)...)
		for i := 60 + chance.Intn(120); i > 0 && !r.isOver.Load(); i-- {
			if behind := consumer.poll(200 * time.Millisecond); len(behind) > 0 {
				consumer.commit(ctx, group, behind)
			}
			consumer.client.AllowRebalance()
		}
		consumer.client.CloseAllowingRebalance()
	}
}

// transact is of W3: transactions of up to four sends and polls.
func transact(ctx context.Context, r *run, p *proc, chance *rand.Rand) {
	sends := 0
	for !r.isOver.Load() {
		producer := newProducer(p, r.bootstrap, chance, "w3-"+r.slot+"-franz-go")
		consumer := newConsumer(p, r.bootstrap, true, r.partitions())
		for i := 0; i < 400 && !r.isOver.Load() && !producer.isBroken; i++ {
			if err := producer.begin(); err != nil {
				p.event("info", "crash", fields{"what": "gave up", "err": err.Error()})
				producer.isBroken = true
				break
			}
			for range 1 + chance.Intn(4) {
				if chance.Intn(5) == 0 {
					consumer.poll(20 * time.Millisecond)
				} else {
					producer.send(r.target(sends, chance))
					sends++
				}
				upTo(chance, 8*time.Millisecond)
			}
			ending, cancel := context.WithTimeout(ctx, 20*time.Second)
			producer.end(ending, chance.Intn(5) > 0)
			cancel()
			upTo(chance, 40*time.Millisecond)
		}
		producer.close(ctx)
		consumer.client.Close()
	}
}

func number(text string) int {
	parsed, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func main() {
	arguments := os.Args[1:]
	file, err := os.Create(arguments[1])
	if err != nil {
		panic(err)
	}
	r := &run{
		bootstrap: arguments[0], recorder: &recorder{file: file}, seed: int64(number(arguments[2])), slot: arguments[3],
		nextProc: int64(number(arguments[4])), width: number(arguments[7]),
	}
	for i := range number(arguments[6]) {
		r.topics = append(r.topics, fmt.Sprintf("%s-%d", arguments[5], i))
	}
	jobs := map[string][]func(context.Context, *run, *proc, *rand.Rand){"w1": {write, read}, "w2": {write, beMember}, "w3": {transact}}
	var working sync.WaitGroup
	for _, job := range jobs[arguments[5]] {
		p := &proc{recorder: r.recorder, number: r.nextProc}
		r.nextProc++
		working.Go(func() { job(context.Background(), r, p, rand.New(rand.NewSource(r.seed<<20|p.number))) })
	}
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	r.isOver.Store(true)
	working.Wait()
}
