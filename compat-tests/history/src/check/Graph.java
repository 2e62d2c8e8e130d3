package check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Which transactions come before which, and which of them before themselves. */
final class Graph {
    private static final class Node {
        final Transaction transaction;
        final List<Node> followers = new ArrayList<>(2);
        int number = -1;
        int lowest;
        int nextFollower;
        boolean isOpen;

        Node(Transaction transaction) {
            this.transaction = transaction;
        }
    }

    private final Map<Transaction, Node> nodes = new IdentityHashMap<>();
    private final Deque<Node> open = new ArrayDeque<>();
    private final List<List<Transaction>> cycles = new ArrayList<>();
    private int numbered;

    void add(Transaction before, Transaction after) {
        if (before != after) {
            node(before).followers.add(node(after));
        }
    }

    private Node node(Transaction transaction) {
        return nodes.computeIfAbsent(transaction, Node::new);
    }

    /** The strongly connected components of more than one, by Tarjan's algorithm. To be asked once. */
    List<List<Transaction>> cycles() {
        for (Node node : nodes.values()) {
            if (node.number < 0) {
                visit(node);
            }
        }
        return cycles;
    }

    private void visit(Node first) {
        Deque<Node> path = new ArrayDeque<>();
        enter(first, path);
        while (!path.isEmpty()) {
            Node node = path.peek();
            if (node.nextFollower < node.followers.size()) {
                Node follower = node.followers.get(node.nextFollower++);
                if (follower.number < 0) {
                    enter(follower, path);
                } else if (follower.isOpen) {
                    node.lowest = Math.min(node.lowest, follower.number);
                }
                continue;
            }
            path.pop();
            if (!path.isEmpty()) {
                path.peek().lowest = Math.min(path.peek().lowest, node.lowest);
            }
            if (node.lowest == node.number) {
                close(node);
            }
        }
    }

    private void enter(Node node, Deque<Node> path) {
        node.number = numbered++;
        node.lowest = node.number;
        node.isOpen = true;
        open.push(node);
        path.push(node);
    }

    private void close(Node root) {
        List<Transaction> component = new ArrayList<>(1);
        Node node;
        do {
            node = open.pop();
            node.isOpen = false;
            component.add(node.transaction);
        } while (node != root);
        if (component.size() > 1) {
            cycles.add(component);
        }
    }
}
