// kafka-go of Segment: its Writer, Reader, ConsumerGroup, and its Client for the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

const (
	name       = "kafka-go"
	topic      = name + "-none"
	adminTopic = name + "-admin"
	txnID      = name + "-txn"
	group      = name + "-group"
)

var client = kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: 20 * time.Second}

var compressions = map[string]kafka.Compression{
	"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

// writer sends a message to the partition in its WriterData.
func writer(to, codec string) *kafka.Writer {
	return &kafka.Writer{
		Addr: client.Addr, Topic: to, RequiredAcks: kafka.RequireAll, Compression: compressions[codec],
		BatchTimeout: 5 * time.Millisecond,
		Balancer:     kafka.BalancerFunc(func(m kafka.Message, _ ...int) int { return m.WriterData.(int) }),
	}
}

func produce(t *T, to, codec string, first, last int) {
	out := writer(to, codec)
	defer out.Close()
	var messages []kafka.Message
	for i := first; i < last; i++ {
		r := record(i)
		m := kafka.Message{WriterData: r.partition, Time: time.UnixMilli(r.ms), Key: r.key, Value: r.value}
		for _, h := range r.headers {
			m.Headers = append(m.Headers, kafka.Header{Key: h.name, Value: []byte(h.value)})
		}
		messages = append(messages, m)
	}
	t.ok(out.WriteMessages(t, messages...))
}

func rowOf(m kafka.Message) row {
	out := row{partition: m.Partition, offset: m.Offset, ms: m.Time.UnixMilli(), key: m.Key, value: m.Value}
	for _, h := range m.Headers {
		out.headers = append(out.headers, header{h.Key, string(h.Value)})
	}
	return out
}

func reader(from string, partition int) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{bootstrap}, Topic: from, Partition: partition, MaxWait: 200 * time.Millisecond,
	})
}

func read(t *T, in *kafka.Reader, wanted int) []row {
	var got []row
	for len(got) < wanted {
		m, err := in.FetchMessage(t)
		t.ok(err)
		got = append(got, rowOf(m))
	}
	return got
}

func readAll(t *T, from string, last int) []row {
	var got []row
	for p := range 3 {
		in := reader(from, p)
		got = append(got, read(t, in, (last-p+2)/3)...)
		t.ok(in.Close())
	}
	return got
}

// setting gives the value and the source (1: the topic) of one of the admin topic's.
func setting(t *T, key string) string {
	asked := kafka.DescribeConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic}
	found, err := client.DescribeConfigs(t, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{asked},
	})
	t.ok(err)
	t.ok(found.Resources[0].Error)
	for _, entry := range found.Resources[0].ConfigEntries {
		if entry.ConfigName == key {
			return fmt.Sprintf("%s %d", entry.ConfigValue, entry.ConfigSource)
		}
	}
	return "none"
}

func topics(t *T, asked ...string) map[string]kafka.Topic {
	found, err := client.Metadata(t, &kafka.MetadataRequest{Topics: asked})
	t.ok(err)
	byName := map[string]kafka.Topic{}
	for _, one := range found.Topics {
		t.ok(one.Error)
		byName[one.Name] = one
	}
	return byName
}

func listed(t *T, topic string) bool {
	_, there := topics(t)[topic]
	return there
}

func makeTopics() {
	names := []string{adminTopic}
	for _, codec := range codecs {
		names = append(names, name+"-"+codec)
	}
	check("create-topic", func(t *T) {
		var wanted []kafka.TopicConfig
		for _, n := range names {
			configs := []kafka.ConfigEntry{{ConfigName: segment, ConfigValue: "1048576"}}
			wanted = append(wanted, kafka.TopicConfig{Topic: n, NumPartitions: 3, ReplicationFactor: 1, ConfigEntries: configs})
		}
		answer, err := client.CreateTopics(t, &kafka.CreateTopicsRequest{Topics: wanted})
		t.ok(err)
		for _, err := range answer.Errors {
			t.ok(err)
		}
	})
	check("list-topics", func(t *T) {
		for _, n := range names {
			t.until(n, func() bool { return listed(t, n) })
		}
	})
	check("describe-topic", func(t *T) {
		var leaders []string
		for _, p := range topics(t, adminTopic)[adminTopic].Partitions {
			leaders = append(leaders, fmt.Sprint(p.ID, ":", p.Leader.ID))
		}
		sort.Strings(leaders)
		t.equal(leaders, []string{"0:0", "1:0", "2:0"})
	})
	check("describe-configs", func(t *T) { t.equal(setting(t, segment), "1048576 1") })
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

// offsetsOf asks for one kind of offset of each partition.
func offsetsOf(t *T, request func(partition int) kafka.OffsetRequest, of func(kafka.PartitionOffsets) int64) []int64 {
	asked := map[string][]kafka.OffsetRequest{topic: {request(0), request(1), request(2)}}
	found, err := client.ListOffsets(t, &kafka.ListOffsetsRequest{Topics: asked})
	t.ok(err)
	got := make([]int64, 3)
	for _, p := range found.Topics[topic] {
		t.ok(p.Error)
		got[p.Partition] = of(p)
	}
	return got
}

func times() {
	check("watermarks", func(t *T) {
		first := offsetsOf(t, kafka.FirstOffsetOf, func(p kafka.PartitionOffsets) int64 { return p.FirstOffset })
		t.equal(first, []int64{0, 0, 0})
		next := offsetsOf(t, kafka.LastOffsetOf, func(p kafka.PartitionOffsets) int64 { return p.LastOffset })
		t.equal(next, []int64{100, 100, 100})
	})
	check("offsets-for-times", func(t *T) {
		at := func(ms int64) []int64 {
			request := func(p int) kafka.OffsetRequest { return kafka.TimeOffsetOf(p, time.UnixMilli(ms)) }
			return offsetsOf(t, request, func(p kafka.PartitionOffsets) int64 {
				for offset := range p.Offsets {
					return offset
				}
				return -1
			})
		}
		t.equal(at(middleMs), middleOffsets)
		t.equal(at(middleMs+1_000_000_000), []int64{-1, -1, -1})
	})
	check("seek-by-time", func(t *T) {
		in := reader(topic, 2)
		defer in.Close()
		t.ok(in.SetOffsetAt(t, time.UnixMilli(middleMs)))
		t.sameRows(read(t, in, 1), records(101, 102))
	})
}

// member is one of the group; it keeps its generation.
type member struct {
	group      *kafka.ConsumerGroup
	lock       sync.Mutex
	generation *kafka.Generation
}

func join(t *T) *member {
	joined, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: group, Brokers: []string{bootstrap}, Topics: []string{topic}, HeartbeatInterval: 500 * time.Millisecond,
		JoinGroupBackoff: 200 * time.Millisecond, StartOffset: kafka.FirstOffset,
	})
	t.ok(err)
	m := &member{group: joined}
	go func() {
		for {
			generation, err := joined.Next(context.Background())
			if errors.Is(err, kafka.ErrGroupClosed) {
				return
			} else if err == nil {
				m.set(generation)
				generation.Start(func(ctx context.Context) {
					<-ctx.Done()
					m.set(nil)
				})
			}
		}
	}()
	return m
}

func (m *member) set(generation *kafka.Generation) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.generation = generation
}

func (m *member) share() []kafka.PartitionAssignment {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.generation == nil {
		return nil
	}
	return m.generation.Assignments[topic]
}

// settle waits until the members share the partitions in this way.
func settle(t *T, sizes []int, members ...*member) {
	t.until(fmt.Sprint("shares of ", sizes), func() bool {
		all := map[int]bool{}
		var got []int
		for _, m := range members {
			share := m.share()
			got = append(got, len(share))
			for _, p := range share {
				all[p.ID] = true
			}
		}
		sort.Ints(got)
		return fmt.Sprint(got) == fmt.Sprint(sizes) && len(all) == 3
	})
}

// committed gives the offsets of partitions 0 to 2; -1 where there is none. The client leaves it to its callers to wait
// for a coordinator.
func committed(t *T, of string) []int64 {
	var found *kafka.OffsetFetchResponse
	t.until("the coordinator", func() bool {
		var err error
		asked := map[string][]int{topic: {0, 1, 2}}
		found, err = client.OffsetFetch(t, &kafka.OffsetFetchRequest{GroupID: of, Topics: asked})
		t.ok(err)
		var code kafka.Error
		return !errors.As(found.Error, &code) || !code.Temporary()
	})
	t.ok(found.Error)
	got := make([]int64, 3)
	for _, p := range found.Topics[topic] {
		t.ok(p.Error)
		got[p.Partition] = p.CommittedOffset
	}
	return got
}

func groupIsListed(t *T) bool {
	found, err := client.ListGroups(t, &kafka.ListGroupsRequest{})
	t.ok(err)
	t.ok(found.Error)
	for _, g := range found.Groups {
		if g.GroupID == group {
			return true
		}
	}
	return false
}

func groups() {
	var first, second *member
	check("rebalance", func(t *T) {
		first = join(t)
		settle(t, []int{3}, first)
		second = join(t)
		settle(t, []int{1, 2}, first, second)
	})
	check("list-groups", func(t *T) { t.equal(groupIsListed(t), true) })
	check("describe-group", func(t *T) {
		found, err := client.DescribeGroups(t, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})
		t.ok(err)
		t.ok(found.Groups[0].Error)
		t.equal(found.Groups[0].GroupState, "Stable")
		var sizes []int
		for _, m := range found.Groups[0].Members {
			sizes = append(sizes, len(m.MemberAssignments.Topics[0].Partitions))
		}
		sort.Ints(sizes)
		t.equal(sizes, []int{1, 2})
	})
	_ = second.group.Close()
	check("commit", func(t *T) {
		settle(t, []int{3}, first)
		t.ok(first.generation.CommitOffsets(map[string]map[int]int64{topic: {0: 10, 1: 20, 2: 30}}))
		t.equal(committed(t, group), committedAt)
	})
	_ = first.group.Close()
	check("resume", func(t *T) {
		next := kafka.NewReader(kafka.ReaderConfig{
			Brokers: []string{bootstrap}, GroupID: group, Topic: topic, MaxWait: 200 * time.Millisecond,
		})
		defer next.Close()
		t.sameRows(read(t, next, len(resumed())), resumed())
	})
}

func send(t *T, partition int, values ...string) {
	out := writer(adminTopic, "none")
	defer out.Close()
	for _, value := range values {
		t.ok(out.WriteMessages(t, kafka.Message{WriterData: partition, Value: []byte(value)}))
	}
}

func administer() {
	none("delete-records")
	check("alter-configs", func(t *T) {
		change := kafka.IncrementalAlterConfigsRequestConfig{
			Name: "max.message.bytes", Value: "65536", ConfigOperation: kafka.ConfigOperationSet,
		}
		answer, err := client.IncrementalAlterConfigs(t, &kafka.IncrementalAlterConfigsRequest{
			Resources: []kafka.IncrementalAlterConfigsRequestResource{{
				ResourceType: kafka.ResourceTypeTopic, ResourceName: adminTopic,
				Configs: []kafka.IncrementalAlterConfigsRequestConfig{change},
			}},
		})
		t.ok(err)
		t.ok(answer.Resources[0].Error)
		t.equal(setting(t, "max.message.bytes"), "65536 1")
		t.equal(setting(t, segment), "1048576 1")
	})
	check("create-partitions", func(t *T) {
		answer, err := client.CreatePartitions(t, &kafka.CreatePartitionsRequest{
			Topics: []kafka.TopicPartitionsConfig{{Name: adminTopic, Count: 5}},
		})
		t.ok(err)
		t.ok(answer.Errors[adminTopic])
		t.until("5 partitions", func() bool { return len(topics(t, adminTopic)[adminTopic].Partitions) == 5 })
		send(t, 4, "into the last")
	})
}

// The client writes no records in a transaction, but has the calls for offsets.
func transactions() {
	none("transaction")
	check("transaction-offset", func(t *T) {
		// The coordinator may have to make its topic first.
		var begun *kafka.InitProducerIDResponse
		t.until("a producer id", func() bool {
			var err error
			begun, err = client.InitProducerID(t, &kafka.InitProducerIDRequest{
				TransactionalID: txnID, TransactionTimeoutMs: 10_000,
			})
			return err == nil && begun.Error == nil
		})
		id, epoch := begun.Producer.ProducerID, begun.Producer.ProducerEpoch
		added, err := client.AddOffsetsToTxn(t, &kafka.AddOffsetsToTxnRequest{
			TransactionalID: txnID, ProducerID: id, ProducerEpoch: epoch, GroupID: txnID + "-group",
		})
		t.ok(err)
		t.ok(added.Error)
		offset := map[string][]kafka.TxnOffsetCommit{topic: {{Partition: 0, Offset: 3}}}
		put, err := client.TxnOffsetCommit(t, &kafka.TxnOffsetCommitRequest{
			TransactionalID: txnID, ProducerID: id, ProducerEpoch: epoch, GroupID: txnID + "-group", GenerationID: -1, Topics: offset,
		})
		t.ok(err)
		t.ok(put.Topics[topic][0].Error)
		end, err := client.EndTxn(t, &kafka.EndTxnRequest{
			TransactionalID: txnID, ProducerID: id, ProducerEpoch: epoch, Committed: true,
		})
		t.ok(err)
		t.ok(end.Error)
		t.until("the offset", func() bool { return committed(t, txnID+"-group")[0] == 3 })
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
	check("restart-configs", func(t *T) { t.equal(setting(t, segment), "1048576 1") })
	check("restart-commit", func(t *T) { t.equal(committed(t, group), committedAt) })
	check("restart-produce", func(t *T) {
		produce(t, topic, "none", count, count+3)
		t.sameRows(readAll(t, topic, count+3), records(0, count+3))
	})
	check("delete-offsets", func(t *T) {
		answer, err := client.OffsetDelete(t, &kafka.OffsetDeleteRequest{GroupID: group, Topics: map[string][]int{topic: {0}}})
		t.ok(err)
		t.ok(answer.Error)
		t.ok(answer.Topics[topic][0].Error)
		t.equal(committed(t, group), []int64{-1, 20, 30})
	})
	check("delete-group", func(t *T) {
		answer, err := client.DeleteGroups(t, &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
		t.ok(err)
		t.ok(answer.Errors[group])
		t.equal(groupIsListed(t), false)
	})
	check("delete-topic", func(t *T) {
		answer, err := client.DeleteTopics(t, &kafka.DeleteTopicsRequest{Topics: []string{adminTopic}})
		t.ok(err)
		t.ok(answer.Errors[adminTopic])
		t.until("gone from the list", func() bool { return !listed(t, adminTopic) })
	})
}
