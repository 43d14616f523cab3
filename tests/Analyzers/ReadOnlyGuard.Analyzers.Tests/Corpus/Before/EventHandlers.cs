using System.Data;
using Npgsql;

namespace Shop.Handlers;

public sealed class Watcher
{
    public event EventHandler<string>? Noticed;

    public NpgsqlConnection Watch(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        connection.Notice += (_, e) => Noticed?.Invoke(this, e.Notice.MessageText);
        connection.StateChange += OnStateChange;
        connection.Open();
        return connection;
    }

    static void OnStateChange(object sender, StateChangeEventArgs e) => Console.WriteLine(e.CurrentState);
}
