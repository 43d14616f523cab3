using Npgsql;

namespace Shop.Comments;

public class Archive
{
    #region Writing

    public void Store(string cs /* of the archive */)
    {
        // a connection of our own
        using var connection = new NpgsqlConnection(cs /* not the shop's */); // disposed below

        // now open it
        connection.Open(); // may take a while

        /* and write */
        using var command = new NpgsqlCommand("insert into archive default values", connection);
        command.ExecuteNonQuery();
    }

    #endregion

    public NpgsqlConnection Connect(string cs)
        => new NpgsqlConnection(
            // first host is the primary, usually
            cs);
}
