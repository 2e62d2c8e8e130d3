// Sarama, speaking the newest versions that it knows.
package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

const (
	name       = "sarama"
	topic      = name + "-none"
	adminTopic = name + "-admin"
	txnTopic   = name + "-txn"
	group      = name + "-group"
)

var admin = func() sarama.ClusterAdmin {
	a, err := sarama.NewClusterAdmin([]string{bootstrap}, config())
	if err != nil {
		panic(err)
	}
	return a
}()

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.MaxVersion
	c.Producer.Partitioner = sarama.NewManualPartitioner
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.Idempotent = true
	c.Producer.Return.Successes = true
	c.Producer.Flush.Frequency = 5 * time.Millisecond
	c.Net.MaxOpenRequests = 1
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	c.Consumer.Return.Errors = true
	return c
}

func encoder(b []byte) sarama.Encoder {
	if b == nil {
		return nil
	}
	return sarama.ByteEncoder(b)
}

func produce(t *T, to, codec string, first, last int) {
	c := config()
	t.ok(c.Producer.Compression.UnmarshalText([]byte(codec)))
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, c)
	t.ok(err)
	defer producer.Close()
	var sent []*sarama.ProducerMessage
	for i := first; i < last; i++ {
		r := record(i)
		out := &sarama.ProducerMessage{
			Topic: to, Partition: int32(r.partition), Timestamp: time.UnixMilli(r.ms), Key: encoder(r.key), Value: encoder(r.value),
		}
		for _, h := range r.headers {
			out.Headers = append(out.Headers, sarama.RecordHeader{Key: []byte(h.name), Value: []byte(h.value)})
		}
		sent = append(sent, out)
	}
	t.ok(producer.SendMessages(sent))
	for i, out := range sent {
		t.equal(out.Offset, record(first+i).offset)
	}
}

func rowOf(m *sarama.ConsumerMessage) row {
	out := row{partition: int(m.Partition), offset: m.Offset, ms: m.Timestamp.UnixMilli(), key: m.Key, value: m.Value}
	for _, h := range m.Headers {
		out.headers = append(out.headers, header{string(h.Key), string(h.Value)})
	}
	return out
}

func readFrom(t *T, from string, wanted int, starts map[int32]int64, isolation sarama.IsolationLevel) []row {
	c := config()
	c.Consumer.IsolationLevel = isolation
	consumer, err := sarama.NewConsumer([]string{bootstrap}, c)
	t.ok(err)
	defer consumer.Close()
	messages := make(chan *sarama.ConsumerMessage)
	done := make(chan struct{})
	defer close(done)
	for p, start := range starts {
		var reader sarama.PartitionConsumer
		t.until("a leader", func() bool {
			reader, err = consumer.ConsumePartition(from, p, start)
			return !errors.Is(err, sarama.ErrNotLeaderForPartition)
		})
		t.ok(err)
		defer reader.AsyncClose()
		go func() {
			for m := range reader.Messages() {
				select {
				case messages <- m:
				case <-done:
				}
			}
		}()
	}
	var got []row
	for len(got) < wanted {
		select {
		case m := <-messages:
			got = append(got, rowOf(m))
		case <-t.Done():
			return got
		}
	}
	return got
}

func readAll(t *T, from string, wanted int) []row {
	return readFrom(t, from, wanted, map[int32]int64{0: 0, 1: 0, 2: 0}, sarama.ReadUncommitted)
}

// setting gives the value and the source of one of the admin topic's.
func setting(t *T, key string) string {
	found, err := admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: adminTopic})
	t.ok(err)
	for _, entry := range found {
		if entry.Name == key {
			return entry.Value + " " + entry.Source.String()
		}
	}
	return "none"
}

func listed(t *T, topic string) bool {
	found, err := admin.ListTopics()
	t.ok(err)
	_, there := found[topic]
	return there
}

func makeTopics() {
	names := []string{adminTopic}
	for _, codec := range codecs {
		names = append(names, name+"-"+codec)
	}
	size := "1048576"
	check("create-topic", func(t *T) {
		for _, n := range names {
			detail := sarama.TopicDetail{NumPartitions: 3, ReplicationFactor: 1, ConfigEntries: map[string]*string{segment: &size}}
			t.ok(admin.CreateTopic(n, &detail, false))
		}
	})
	check("list-topics", func(t *T) {
		for _, n := range names {
			t.until(n, func() bool { return listed(t, n) })
		}
	})
	check("describe-topic", func(t *T) {
		found, err := admin.DescribeTopics([]string{adminTopic})
		t.ok(err)
		var leaders []string
		for _, p := range found[0].Partitions {
			leaders = append(leaders, fmt.Sprint(p.ID, ":", p.Leader))
		}
		sort.Strings(leaders)
		t.equal(leaders, []string{"0:0", "1:0", "2:0"})
	})
	check("describe-configs", func(t *T) { t.equal(setting(t, segment), "1048576 "+sarama.SourceTopic.String()) })
}

func writeAndRead() {
	for _, codec := range codecs {
		check("codec-"+codec, func(t *T) {
			produce(t, name+"-"+codec, codec, 0, count)
			t.sameRows(readAll(t, name+"-"+codec, count), records(0, count))
		})
	}
	checkFields(func(t *T) []row { return readAll(t, topic, count) })
}

func offsetsAt(t *T, of string, time int64) []int64 {
	asked := map[string]map[int32]int64{of: {0: time, 1: time, 2: time}}
	found, err := admin.ListOffsets(asked, nil)
	t.ok(err)
	var got []int64
	for p := range int32(3) {
		t.equal(found[of][p].Err, sarama.ErrNoError)
		got = append(got, found[of][p].Offset)
	}
	return got
}

func times() {
	check("watermarks", func(t *T) {
		t.equal(offsetsAt(t, topic, sarama.OffsetOldest), []int64{0, 0, 0})
		t.equal(offsetsAt(t, topic, sarama.OffsetNewest), []int64{100, 100, 100})
	})
	check("offsets-for-times", func(t *T) {
		t.equal(offsetsAt(t, topic, middleMs), middleOffsets)
		t.equal(offsetsAt(t, topic, middleMs+1_000_000_000), []int64{-1, -1, -1})
	})
	check("seek-by-time", func(t *T) {
		start := map[int32]int64{2: offsetsAt(t, topic, middleMs)[2]}
		t.sameRows(readFrom(t, topic, 1, start, sarama.ReadUncommitted), records(101, 102))
	})
}

// member is one of the group; it keeps what it owns and reads.
type member struct {
	group   sarama.ConsumerGroup
	stop    context.CancelFunc
	stopped sync.WaitGroup

	lock    sync.Mutex
	session sarama.ConsumerGroupSession
	rows    []row
}

func join(t *T) *member {
	joined, err := sarama.NewConsumerGroup([]string{bootstrap}, group, config())
	t.ok(err)
	ctx, stop := context.WithCancel(context.Background())
	m := &member{group: joined, stop: stop}
	go func() {
		for range joined.Errors() {
		}
	}()
	m.stopped.Go(func() {
		for ctx.Err() == nil {
			_ = joined.Consume(ctx, []string{topic}, m)
		}
	})
	return m
}

func (m *member) leave() {
	m.stop()
	m.stopped.Wait()
	_ = m.group.Close()
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.session = session
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error {
	return m.Setup(nil)
}

func (m *member) ConsumeClaim(_ sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		m.lock.Lock()
		m.rows = append(m.rows, rowOf(message))
		m.lock.Unlock()
	}
	return nil
}

func (m *member) share() []int32 {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.session == nil {
		return nil
	}
	return m.session.Claims()[topic]
}

// settle waits until the members share the partitions in this way.
func settle(t *T, sizes []int, members ...*member) {
	t.until(fmt.Sprint("shares of ", sizes), func() bool {
		all := map[int32]bool{}
		var got []int
		for _, m := range members {
			share := m.share()
			got = append(got, len(share))
			for _, p := range share {
				all[p] = true
			}
		}
		sort.Ints(got)
		return fmt.Sprint(got) == fmt.Sprint(sizes) && len(all) == 3
	})
}

// committed gives offset and metadata by partition. The admin client leaves it to its callers to wait for a coordinator.
func committed(t *T, of string) map[int32]string {
	var found *sarama.OffsetFetchResponse
	t.until("the coordinator", func() bool {
		var err error
		found, err = admin.ListConsumerGroupOffsets(of, nil)
		if errors.Is(err, sarama.ErrOffsetsLoadInProgress) || errors.Is(err, sarama.ErrNotCoordinatorForConsumer) {
			return false
		}
		t.ok(err)
		return true
	})
	got := map[int32]string{}
	for _, blocks := range found.Blocks {
		for p, block := range blocks {
			t.equal(block.Err, sarama.ErrNoError)
			got[p] = fmt.Sprint(block.Offset, block.Metadata)
		}
	}
	return got
}

func wantedCommits() map[int32]string {
	return map[int32]string{0: "10 of 0", 1: "20 of 1", 2: "30 of 2"}
}

func groups() {
	var first, second *member
	check("rebalance", func(t *T) {
		first = join(t)
		settle(t, []int{3}, first)
		second = join(t)
		settle(t, []int{1, 2}, first, second)
	})
	check("list-groups", func(t *T) {
		found, err := admin.ListConsumerGroups()
		t.ok(err)
		t.equal(found[group], "consumer")
	})
	check("describe-group", func(t *T) {
		found, err := admin.DescribeConsumerGroups([]string{group})
		t.ok(err)
		t.equal(found[0].State, "Stable")
		var sizes []int
		for _, m := range found[0].Members {
			assigned, err := m.GetMemberAssignment()
			t.ok(err)
			sizes = append(sizes, len(assigned.Topics[topic]))
		}
		sort.Ints(sizes)
		t.equal(sizes, []int{1, 2})
	})
	second.leave()
	check("commit", func(t *T) {
		settle(t, []int{3}, first)
		for p, offset := range committedAt {
			first.session.MarkOffset(topic, int32(p), offset, fmt.Sprint(" of ", p))
		}
		first.session.Commit()
		t.equal(committed(t, group), wantedCommits())
	})
	first.leave()
	check("resume", func(t *T) {
		next := join(t)
		defer next.leave()
		wanted := resumed()
		var got []row
		t.until("the records", func() bool {
			next.lock.Lock()
			defer next.lock.Unlock()
			got = next.rows
			return len(got) >= len(wanted)
		})
		t.sameRows(got, wanted)
	})
}

func send(t *T, partition int32, values ...string) {
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, config())
	t.ok(err)
	defer producer.Close()
	for _, value := range values {
		out := &sarama.ProducerMessage{Topic: adminTopic, Partition: partition, Value: sarama.StringEncoder(value)}
		_, _, err := producer.SendMessage(out)
		t.ok(err)
	}
}

func values(rows []row) string {
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.offset, ":", string(r.value)))
	}
	return fmt.Sprint(got)
}

func administer() {
	check("alter-configs", func(t *T) {
		size := "65536"
		change := map[string]sarama.IncrementalAlterConfigsEntry{
			"max.message.bytes": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &size},
		}
		t.ok(admin.IncrementalAlterConfig(sarama.TopicResource, adminTopic, change, false))
		t.equal(setting(t, "max.message.bytes"), "65536 "+sarama.SourceTopic.String())
		t.equal(setting(t, segment), "1048576 "+sarama.SourceTopic.String())
	})
	check("create-partitions", func(t *T) {
		t.ok(admin.CreatePartitions(adminTopic, 5, nil, false))
		t.until("5 partitions", func() bool {
			found, err := admin.DescribeTopics([]string{adminTopic})
			t.ok(err)
			return len(found[0].Partitions) == 5
		})
		send(t, 4, "into the last")
	})
	check("delete-records", func(t *T) {
		send(t, 0, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
		t.ok(admin.DeleteRecords(adminTopic, map[int32]int64{0: 5}))
		got := readFrom(t, adminTopic, 5, map[int32]int64{0: 5}, sarama.ReadUncommitted)
		t.equal(values(got), "[5:5 6:6 7:7 8:8 9:9]")
		t.equal(offsetsAt(t, adminTopic, sarama.OffsetOldest), []int64{5, 0, 0})
	})
}

func transactions() {
	c := config()
	c.Producer.Transaction.ID = txnTopic
	var producer sarama.SyncProducer
	check("transaction", func(t *T) {
		t.ok(admin.CreateTopic(txnTopic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false))
		var err error
		producer, err = sarama.NewSyncProducer([]string{bootstrap}, c)
		t.ok(err)
		for number := range 3 {
			t.ok(producer.BeginTxn())
			for i := range 5 {
				value := sarama.StringEncoder(fmt.Sprintf("%d-%d", number, i))
				_, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: txnTopic, Value: value})
				t.ok(err)
			}
			if number == 1 {
				t.ok(producer.AbortTxn())
			} else {
				t.ok(producer.CommitTxn())
			}
		}
		t.equal(values(readFrom(t, txnTopic, 10, map[int32]int64{0: 0}, sarama.ReadCommitted)),
			"[0:0-0 1:0-1 2:0-2 3:0-3 4:0-4 12:2-0 13:2-1 14:2-2 15:2-3 16:2-4]")
	})
	check("transaction-offset", func(t *T) {
		if producer == nil {
			t.ok(errors.New("no producer for transactions"))
		}
		t.ok(producer.BeginTxn())
		offset := []*sarama.PartitionOffsetMetadata{{Partition: 0, Offset: 3, LeaderEpoch: -1}}
		t.ok(producer.AddOffsetsToTxn(map[string][]*sarama.PartitionOffsetMetadata{txnTopic: offset}, txnTopic+"-group"))
		t.ok(producer.CommitTxn())
		t.until("the offset", func() bool { return fmt.Sprint(committed(t, txnTopic+"-group")) == "map[0:3]" })
	})
}

func before() {
	makeTopics()
	writeAndRead()
	times()
	groups()
	none("new-group", "mixed-group", "share-group")
	administer()
	transactions()
}

func after() {
	check("restart-records", func(t *T) {
		for _, codec := range codecs {
			t.sameRows(readAll(t, name+"-"+codec, count), records(0, count))
		}
	})
	check("restart-configs", func(t *T) { t.equal(setting(t, segment), "1048576 "+sarama.SourceTopic.String()) })
	check("restart-commit", func(t *T) { t.equal(committed(t, group), wantedCommits()) })
	check("restart-produce", func(t *T) {
		produce(t, topic, "none", count, count+3)
		t.sameRows(readAll(t, topic, count+3), records(0, count+3))
	})
	check("delete-offsets", func(t *T) {
		t.ok(admin.DeleteConsumerGroupOffset(group, topic, 0))
		wanted := wantedCommits()
		delete(wanted, 0)
		t.equal(committed(t, group), wanted)
	})
	check("delete-group", func(t *T) {
		t.ok(admin.DeleteConsumerGroup(group))
		found, err := admin.ListConsumerGroups()
		t.ok(err)
		t.equal(found[group], "")
	})
	check("delete-topic", func(t *T) {
		t.ok(admin.DeleteTopic(adminTopic))
		t.until("gone from the list", func() bool { return !listed(t, adminTopic) })
	})
}
